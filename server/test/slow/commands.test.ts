import { existsSync } from 'node:fs'
import { copyFile, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startMail, type MailStandIn } from '../standins/mail.ts'
import { startMattermost } from '../standins/mattermost.ts'
import { startTelegram, type TelegramStandIn } from '../standins/telegram.ts'
import { runNabat, type Ended } from '../support/nabat.ts'
import { startServerProcess, type ServerProcess } from '../support/server.ts'
import { useLink } from '../support/signed-in.ts'
import { until } from '../until.ts'

const GROUP = '-1001234567890'

let telegram: TelegramStandIn
let mail: MailStandIn
let server: ServerProcess
let folder: string
let config: string

beforeAll(async () => {
  telegram = await startTelegram()
  mail = await startMail()
  folder = await mkdtemp(join(tmpdir(), 'nabat-commands-'))
  config = `
workspace: { name: default, title: ООО Пример }
channels:
  - { name: duty-bot, kind: telegram, token: "123456:AAcommands", apiRoot: "${telegram.url}" }
  - { name: mail, kind: smtp, host: 127.0.0.1, port: ${mail.port}, encryption: none,
      from: { address: nabat@example.ru, name: Набат }, replyTo: help@example.ru }
rules:
  - { name: cameras, types: [camera.unavailable], to: [{ channel: duty-bot, chat: "${GROUP}" }, { channel: mail, address: duty@example.ru }] }
  - { name: only the gate, types: [camera.unavailable], when: { field: data.camera, op: eq, value: gate }, to: [{ channel: mail, address: gate@example.ru }] }
  - { name: orders, types: [workorder.created], to: [{ channel: mail, address: orders@example.ru }] }
`
  server = await startServerProcess()
})
afterAll(async () => {
  await server.stop()
  await telegram.close()
  await mail.close()
  await rm(folder, { recursive: true, force: true })
})

const nabat = (args: readonly string[], env: Record<string, string> = {}, input = ''): Promise<Ended> =>
  runNabat(args, { env: { NABAT_DATA: server.folder, ...env }, input })

/** Writes a file people would hand in. */
async function file(name: string, content: string): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, content)
  return path
}

describe('apply and export', () => {
  it('names every mistake with file and line, and changes nothing', async () => {
    const path = await file('bad.yaml', 'rules:\n  - name: one\n    to: []\n  - name: two\n    tu: [{ channel: x }]\n')
    const { code, out, err } = await nabat(['apply', path])
    expect(code).toBe(1)
    expect(out).toBe('')
    const lines = err.trimEnd().split('\n')
    expect(lines.length).toBeGreaterThan(2)
    for (const line of lines) expect(line).toMatch(new RegExp(`^${path}:\\d: /rules/[01]\\S*: \\S`))
    expect(err).toContain(`${path}:3: /rules/0/to: `)
    expect((await nabat(['export'])).out).not.toContain('rules')
  })

  it('says where a file is no YAML, in the language asked for', async () => {
    const path = await file('broken.yaml', 'rules:\n  - { name: "x\n')
    const { code, err } = await nabat(['apply', path], { NABAT_LANGUAGE: 'en' })
    expect(code).toBe(1)
    expect(err).toMatch(new RegExp(`^${path}:\\d: Not YAML: `))
    expect(await nabat(['apply', join(folder, 'none.yaml')])).toMatchObject({
      code: 1,
      err: expect.stringContaining('none.yaml не прочитать: ENOENT') as string,
    })
  })

  it('tells what would change, changes it, and then finds nothing to change', async () => {
    const path = await file('good.yaml', config)
    const dry = await nabat(['apply', path, '--dry-run'])
    expect(dry).toMatchObject({ code: 0, err: '' })
    expect(dry.out).toMatch(/\+ channels\/duty-bot\n[^]*Это проба: ничего не изменено\.\n$/)
    expect((await nabat(['export'])).out).not.toContain('duty-bot')

    expect((await nabat(['apply', path])).out).toMatch(/\+ rules\/only the gate\n[^]*Применено, версия 1\.\n$/)
    expect((await nabat(['apply', '-'], {}, config)).out).toBe('Менять нечего, версия 1.\n')
  })

  it('writes a file that changes nothing when it is applied', async () => {
    const path = join(folder, 'exported.yaml')
    expect(await nabat(['export', '--output', path])).toEqual({ code: 0, out: '', err: '' })
    expect(await readFile(path, 'utf8')).toBe((await nabat(['export'])).out)
    expect(await readFile(path, 'utf8')).not.toContain('AAcommands')
    expect((await nabat(['apply', path])).out).toBe('Менять нечего, версия 1.\n')
  })
})

describe('send and trace', () => {
  it('sends an event and draws its way, with every rule and attempt', async () => {
    const data = await file('data.json', '{"camera":"yard"}')
    const args = [
      'send',
      'camera.unavailable',
      '--data',
      `@${data}`,
      '--id',
      'e-1',
      '--source',
      'test',
      '--severity',
      'critical',
    ]
    const sent = await nabat([...args, '--subject', 'Двор', '--incident', 'yard'])
    expect(sent).toMatchObject({ code: 0, err: '' })
    const [, id] = /^([0-9a-f-]{36}) {2}принято, сообщений: 2\n$/.exec(sent.out)!
    expect((await nabat(args)).out).toBe(`${id}  уже было, ничего не отправлено\n`)
    await telegram.waitFor(1)
    await mail.waitFor(1)

    const drawn = await until(async () => {
      // The zone of the workspace counts, not that of the machine.
      const { out } = await nabat(['trace', id!], { TZ: 'America/Lima' })
      return out.match(/✓ принято/g)?.length === 2 && out
    }, 20_000)
    expect(drawn).toMatch(/^camera\.unavailable · критическое · [\d -]+[\d:]+ \(Europe\/Moscow\)\n {2}номер {5}\S+\n/)
    expect(drawn).toContain('источник  test · e-1\n')
    expect(drawn).toContain('инцидент  yard\n')
    expect(drawn).toContain('  ✓ cameras — подошло\n')
    expect(drawn).toContain('  ✗ only the gate — нужно: data.camera равно "gate", а там "yard"\n')
    expect(drawn).toContain('  ✗ правил о других типах: 1 (показать: --all)\n')
    expect(drawn).toContain(`  ✓ duty-bot → ${GROUP} — отправлено\n      правило «cameras»\n`)
    expect(drawn).toContain('  ✓ mail → duty@example.ru — отправлено\n')
    expect(drawn).not.toContain('\u001B')

    const all = await nabat(['trace', '--event-id', 'e-1', '--all'], { NABAT_LANGUAGE: 'en' })
    expect(all.out).toContain('  ✗ orders — names other types: workorder.created\n')
    expect(all.out).toContain('— sent\n')
  })

  it('sends what stands in JSON on standard input, one or many', async () => {
    const one = { type: 'camera.available', id: 'same', source: 'a', data: { camera: '1' } }
    expect((await nabat(['send', '-'], {}, JSON.stringify(one))).out).toMatch(/^\S+ {2}принято, сообщений: 0\n$/)
    const { out } = await nabat(['send', '-'], {}, JSON.stringify([one, { ...one, source: 'b' }]))
    expect(out).toMatch(/^\S+ {2}уже было, ничего не отправлено\n\S+ {2}принято, сообщений: 0\n$/)
  })

  it('asks for the source when the id of an event is not enough, and says when there is no such event', async () => {
    const several = await nabat(['trace', '--event-id', 'same'])
    expect(several).toMatchObject({ code: 1, out: '' })
    expect(several.err).toMatch(/уточните --source:\n\S+ {2}[ab] {2}camera\.available\n\S+ {2}[ab] {2}camera/)
    expect((await nabat(['trace', '--event-id', 'same', '--source', 'b'])).out).toContain('источник  b · same\n')
    expect(await nabat(['trace', '--event-id', 'none'])).toEqual({ code: 1, out: '', err: 'Такого события нет.\n' })
    expect(await nabat(['trace', '01a20380-0be3-7000-ae9f-16365a36966d'])).toMatchObject({ code: 1, out: '' })
  })

  it('names what is wrong with an event', async () => {
    const { code, err } = await nabat(['send', 'camera.unavailable', '--data', '{"count":"x"}'])
    expect(code).toBe(1)
    expect(err).toMatch(/\n\/data\/camera: /)
    expect(err).toMatch(/\n\/data\/count: /)
  })
})

describe('doctor', () => {
  it('finds everything in order', async () => {
    const { code, out, err } = await nabat(['doctor'])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).not.toContain('✗')
    expect(out).toContain(
      `✓ сервер ${server.url} отвечает и знает ключ\n✓ хранилище принимает записи\n✓ свободно на диске`,
    )
    expect(out).toMatch(
      /duty-bot \(telegram\)\n( {2}✓ .+\n)* {2}✓ вход: .+\nmail \(smtp\)\n( {2}✓ .+\n)+Ничего не отправлено\..+\n$/,
    )
  })

  it('sends a test message where it is told to', async () => {
    const at = telegram.messages.length
    const group = await nabat(['doctor', 'duty-bot', '--to', GROUP, '--topic', '7'])
    expect(group).toMatchObject({ code: 0, err: '' })
    expect(group.out).toMatch(/ {2}✓ сообщение: .+\n$/)
    expect((await nabat(['doctor', 'duty-bot', '--to', '555'])).code).toBe(0)
    expect(telegram.messages.slice(at).map(({ chat, topic }) => [chat, topic])).toEqual([
      [GROUP, 7],
      ['555', undefined],
    ])
    expect((await nabat(['doctor', 'mail', '--to', 'ivan@example.ru'])).code).toBe(0)
    expect(mail.letters.at(-1)).toMatchObject({ to: ['ivan@example.ru'] })
  })

  it('posts to the one receiver of a webhook only when it is asked to', async () => {
    const chat = await startMattermost()
    const data = await mkdtemp(join(tmpdir(), 'nabat-doctor-'))
    const on = await startServerProcess({
      folder: data,
      config: `channels: [{ name: chat, kind: mattermost, url: "${chat.url}" }]`,
    })
    try {
      const doctor = (...args: string[]) => nabat(['doctor', ...args], { NABAT_DATA: data })
      for (const looked of [await doctor(), await doctor('chat')])
        expect([looked.code, looked.out]).toEqual([
          0,
          expect.stringMatching(/нельзя проверить, ничего не отправив\nНичего не отправлено\. .+--post\n$/),
        ])
      expect(chat.posts).toEqual([])
      const posted = await doctor('chat', '--post')
      expect([posted.code, posted.out]).toEqual([0, expect.stringMatching(/✓ сообщение: .+\n$/)])
      expect(chat.posts).toHaveLength(1)
    } finally {
      await on.stop()
      await chat.close()
      await rm(data, { recursive: true, force: true })
    }
  })

  it('says which stage fails and what to do, and goes on with the others', async () => {
    const forgive = telegram.fail({ method: 'getMe', status: 401, says: 'Unauthorized' })
    const { code, out } = await nabat(['doctor'])
    forgive()
    expect(code).toBe(1)
    expect(out).toMatch(/ {2}✗ вход: Токен не принят: .*@BotFather/)
    expect(out).toMatch(/mail \(smtp\)\n( {2}✓ .+\n)+Ничего не отправлено/)
    expect(out).not.toContain('AAcommands')
  })

  it('knows the channels there are', async () => {
    const { code, err } = await nabat(['doctor', 'no-bot'])
    expect({ code, err }).toEqual({ code: 1, err: 'Канала «no-bot» нет. Есть: duty-bot, mail\n' })
    expect((await nabat(['doctor', 'mail', '--to', 'nobody'])).out).toMatch(/✗ настройки: /)
  })
})

describe('admin-link', () => {
  it('gives a link by which an administrator is made, and no other key of the server does', async () => {
    const { code, out, err } = await nabat(['admin-link'])
    expect({ code, err }).toEqual({ code: 0, err: expect.stringContaining('Срабатывает один раз') as unknown })
    expect(out).toMatch(new RegExp(`^${server.url}/setup/[\\w-]{43}\n$`))
    const boss = await useLink(server, out.trim(), { login: 'boss' })
    expect(boss.session.account.operator).toBe(true)
    const made = await nabat(['key', 'create', 'not of the server', '--rights', 'all'])
    const other = { NABAT_URL: server.url, NABAT_KEY: made.out.trim() }
    expect(await nabat(['admin-link'], other)).toMatchObject({ code: 1, out: '', err: 'На это нет прав\n' })
    await nabat(['key', 'remove', /\S+/.exec(made.err.slice('Номер ключа '.length))![0].replace('.', '')])
  })
})

describe('key', () => {
  it('makes a key that opens the server from elsewhere, until it is removed', async () => {
    const made = await nabat(['key', 'create', 'robot', '--rights', 'send', '--per-minute', '10'])
    expect(made.code).toBe(0)
    expect(await nabat(['key', 'create', 'robot', '--rights', 'read'])).toEqual({
      ...{ code: 1, out: '' },
      err: 'Ключ «robot» уже есть: назовите иначе или сначала отзовите тот\n',
    })
    const elsewhere = { NABAT_URL: server.url, NABAT_KEY: made.out.trim(), NABAT_DATA: join(folder, 'none') }
    const send = ['send', 'camera.available', '--data', '{"camera":"1"}']
    expect((await nabat(send, elsewhere)).code).toBe(0)
    expect(await nabat(['export'], elsewhere)).toMatchObject({
      code: 1,
      out: '',
      err: 'На это нет прав\n',
    })
    expect((await nabat(['backup'], elsewhere)).code).toBe(1)

    const [, id] = /^(\S+) {2}send {2}\d{4}-\d\d-\d\d {2}robot {2}не больше 10 в минуту$/m.exec(
      (await nabat(['key', 'list'])).out,
    )!
    expect((await nabat(['key', 'remove', id!])).code).toBe(0)
    expect((await nabat(['key', 'list'])).out).toBe('')
    expect(await nabat(send, elsewhere)).toMatchObject({ code: 1, err: `${server.url} не знает ключа из NABAT_KEY.\n` })
    expect((await nabat(['key', 'remove', id!])).code).toBe(1)
  })

  it('is never sent to an address it does not belong to', async () => {
    const calls = telegram.calls.length
    const { code, err } = await nabat(['export'], { NABAT_URL: telegram.url })
    expect(code).toBe(1)
    expect(err).toMatch(/^NABAT_URL задан, а NABAT_KEY нет/)
    expect(telegram.calls).toHaveLength(calls)
  })
})

describe('a wrong command line', () => {
  it.each([
    [['frob'], 'Команды «frob» нет.'],
    [['toString'], 'Команды «toString» нет.'],
    [['apply'], 'Вызов: nabat apply FILE'],
    [['apply', 'a', 'b'], 'Лишнее: b'],
    [['export', '--too'], 'Нет такого параметра: --too'],
    [['send'], 'Укажите тип события'],
    [['send', 'x', '--data', '{'], '--data: это не JSON'],
    [['send', 'x', '--severity', 'huge'], '--severity: info | warning | critical'],
    [['send', '-', '--id', '1'], 'Вместе с «-» параметров нет'],
    [['trace'], 'Нужен либо номер события, либо --event-id'],
    [['trace', 'x', '--event-id', 'y'], 'Нужен либо номер события, либо --event-id'],
    [['key'], 'create, list или remove'],
    [['key', 'create', 'x', '--rights', 'some'], '--rights send|read|all'],
    [['key', 'create', 'x', '--rights', 'all', '--per-minute', '0'], '--per-minute: целое число'],
    [['key', 'list', '--rights', 'all'], 'Вызов: nabat key create'],
    [['doctor', '--to', '-100'], '--to: назовите и канал'],
    [['doctor', '--post'], '--post: назовите и канал'],
    [['doctor', 'duty-bot', '--topic', '7'], '--topic: номер темы'],
    [['restore'], 'Укажите файл копии'],
  ])('%j is answered with how it should be, and 2', async (args, says) => {
    const { code, out, err } = await nabat(args)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain(says)
  })

  it('help is no mistake', async () => {
    expect(await nabat([])).toMatchObject({ code: 0, err: '' })
    expect((await nabat(['--help'], { NABAT_LANGUAGE: 'en' })).out).toMatch(/ {2}serve +run the server\n/)
    expect((await nabat(['trace', '--help'])).out).toMatch(
      /\n\nВызов: nabat trace ID \[--all\]\n {7}nabat trace --event-id/,
    )
  })
})

describe('without a server', () => {
  it('every command says how to find one', async () => {
    const none = join(folder, 'nothing-here')
    for (const args of [['export'], ['doctor'], ['send', 'x'], ['trace', 'x'], ['key', 'list'], ['backup']]) {
      const { code, out, err } = await nabat(args, { NABAT_DATA: none })
      expect({ code, out }).toEqual({ code: 1, out: '' })
      expect(err).toMatch(/^Работающий Набат не найден: в .*nothing-here нет control\.json\. Запустите его/)
    }
    expect(existsSync(none)).toBe(false)
  })
})

/** Ids of the events in a database file, its log included. */
function eventsIn(path: string): string[] {
  const database = new DatabaseSync(path)
  const rows = database.prepare('select event_id as id from event_keys order by id').all()
  database.close()
  return rows.map((row) => row['id'] as string)
}

describe('backup and restore', () => {
  const send = (on: ServerProcess, id: string) =>
    on.send({ type: 'camera.unavailable', id, source: 's', data: { camera: id } })

  it('put back what was there, keep what was there since, and refuse everything else', async () => {
    await using place = await tempFolder()
    const data = join(place.path, 'data')
    const on = { NABAT_DATA: data }
    await using first = await startServerProcess({ folder: data })
    await send(first, 'before')
    const backup = join(place.path, 'backup.db')
    const copied = await nabat(['backup', '--output', backup], on)
    expect(copied).toMatchObject({ code: 0, out: `${backup}\n` })
    expect(copied.err).toContain('secret.key')
    expect((await stat(backup)).mode & 0o777).toBe(0o600)
    expect(await readdir(join(data, 'backups'))).toEqual([])
    const left = await nabat(['backup'], on)
    expect(left.out.trim().startsWith(join(data, 'backups'))).toBe(true)
    expect(eventsIn(left.out.trim())).toEqual(['before'])
    expect((await stat(left.out.trim())).mode & 0o777).toBe(0o600)
    expect((await stat(join(data, 'backups'))).mode & 0o777).toBe(0o700)
    await send(first, 'after')

    const running = await nabat(['restore', backup], on)
    expect(running).toMatchObject({ code: 1, out: '' })
    expect(running.err).toMatch(/работает Набат: остановите его/)
    await first.kill()
    expect(await nabat(['export'], on)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^Набат не отвечает на \S+, он запущен\?\n/) as string,
    })

    const restored = await nabat(['restore', backup], on)
    expect(restored).toMatchObject({ code: 0, err: '' })
    const [, kept] = /Прежние отложены в (\S+)\.\n/.exec(restored.out)!
    expect(eventsIn(kept!)).toEqual(['after', 'before'])
    expect(eventsIn(join(data, 'nabat.db'))).toEqual(['before'])

    await using second = await startServerProcess({ folder: data })
    expect(await send(second, 'before')).toMatchObject({ events: [{ status: 'duplicate' }] })
    expect(await send(second, 'after')).toMatchObject({ events: [{ status: 'accepted' }] })
    await second.stop()
  })

  it('refuse a file that is not a whole database of Nabat, and leave the data alone', async () => {
    await using place = await tempFolder()
    const data = join(place.path, 'data')
    const on = { NABAT_DATA: data }
    await using running = await startServerProcess({ folder: data })
    await send(running, 'kept')
    const backup = join(place.path, 'backup.db')
    await nabat(['backup', '--output', backup], on)
    await running.stop()
    const before = await readFile(join(data, 'nabat.db'))

    const other = async (name: string, change: (database: DatabaseSync) => void): Promise<string> => {
      const path = join(place.path, name)
      await copyFile(backup, path)
      const database = new DatabaseSync(path)
      change(database)
      database.close()
      return path
    }
    const newer = await other('newer.db', (database) => database.exec('pragma user_version = 999'))
    const foreign = await other('foreign.db', (database) => database.exec('drop table queue'))
    const torn = await other('torn.db', () => {})
    await truncate(torn, (await stat(torn)).size - 8192)
    const text = join(place.path, 'text.db')
    await writeFile(text, 'not a database at all, but long enough to be looked at as one '.repeat(20))
    const empty = join(place.path, 'empty.db')
    await writeFile(empty, '')
    for (const [path, why] of [
      [newer, 'более новый Набат'],
      [foreign, 'не база Набата'],
      [torn, 'повреждён|не база Набата'],
      [text, 'не база Набата'],
      [empty, 'не база Набата'],
      [join(place.path, 'absent.db'), 'нет'],
      [place.path, 'нет'],
      [join(data, 'nabat.db'), 'нынешние данные'],
    ] as const) {
      const { code, out, err } = await nabat(['restore', path], on)
      expect({ path, code, out }).toEqual({ path, code: 1, out: '' })
      expect(err).toMatch(new RegExp(why))
    }
    expect((await readFile(join(data, 'nabat.db'))).equals(before)).toBe(true)
    expect((await readdir(data)).filter((name) => name.startsWith('nabat.db.'))).toEqual([])
  })

  it('warn on a new machine that the secret key is missing', async () => {
    await using place = await tempFolder()
    await using running = await startServerProcess({ folder: join(place.path, 'old') })
    const backup = join(place.path, 'backup.db')
    await nabat(['backup', '--output', backup], { NABAT_DATA: join(place.path, 'old') })
    await running.stop()
    const fresh = join(place.path, 'new')
    const bare = await nabat(['restore', backup], { NABAT_DATA: fresh })
    expect(bare.code).toBe(0)
    expect(bare.out).not.toContain('отложены')
    expect(bare.err).toContain('секретный ключ здесь не тот')
    await copyFile(join(place.path, 'old', 'secret.key'), join(fresh, 'secret.key'))
    expect((await nabat(['restore', backup], { NABAT_DATA: fresh })).err).toBe('')
  })
})

async function tempFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'nabat-restore-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}
