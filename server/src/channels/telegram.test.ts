import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { conformance, message, sending, world, type Behaviour } from '../../test/channel-conformance.ts'
import { refusals, type TelegramFault } from '../../test/standins/telegram-methods.ts'
import { startTelegram, type TelegramStandIn } from '../../test/standins/telegram.ts'
import { visibleText } from '../render/split.ts'
import { isProblem, type AttachedFile, type Call, type Channel, type CheckStage, type Message } from './channel.ts'
import { telegram } from './telegram.ts'

const TOKEN = '123456:AAHsecretsecretsecretsecretsecret00'
const GROUP = '-1001234567890'

let api: TelegramStandIn
let channel: Channel
const settingsOf = (more: object = {}) => ({
  name: 'duty-bot',
  kind: 'telegram' as const,
  token: TOKEN,
  apiRoot: api.url,
  ...more,
})

beforeEach(async () => {
  api = await startTelegram({ tokens: [TOKEN] })
  channel = await telegram.open(settingsOf(), world())
})
afterEach(async () => {
  await channel.close()
  await api.close()
})

const plain = { title: 'Камера', text: 'не отвечает', links: [] }
const attempt = (more: Partial<Message> = {}, to: object = { chat: GROUP }, call: Partial<Call> = {}) =>
  channel.attempt(message({ ...plain, ...more }), to as Record<string, string>, sending(call))
const last = () => api.messages.at(-1)
const methods = () => api.calls.map(({ method }) => method)

function file(name: string, mediaType: string, bytes: Buffer | number): AttachedFile {
  const content = typeof bytes === 'number' ? Buffer.alloc(8, 1) : bytes
  const size = typeof bytes === 'number' ? bytes : bytes.length
  return { name, mediaType, size, read: () => Promise.resolve(content) }
}
const jpeg = (name = 'кадр.jpg') => file(name, 'image/jpeg', Buffer.from([0xff, 0xd8, 0xff, 1, 2, 13, 10, 3]))

describe('telegram: a message', () => {
  it('carries the title in bold above the text, without previews', async () => {
    const outcome = await attempt({ title: 'A < B & "C"', text: '<i>не</i> отвечает' })
    expect(outcome).toEqual({ verdict: 'sent', messageIds: ['1'] })
    expect(last()).toMatchObject({ chat: GROUP, text: 'A < B & "C"\nне отвечает', silent: false, parseMode: 'HTML' })
    expect(last()?.html).toContain('<i>не</i>')
    expect(api.calls[0]?.params).toMatchObject({ link_preview_options: { is_disabled: true } })
    expect(api.calls[0]?.params).not.toHaveProperty('message_thread_id')
  })

  it('goes to its topic, silently when asked', async () => {
    await attempt({ silent: true }, { chat: GROUP, topic: 7 })
    expect(last()).toMatchObject({ topic: 7, silent: true })
  })

  it('leaves out topic 1, which is the chat itself and which the server refuses', async () => {
    expect(await attempt({}, { chat: GROUP, topic: 1 })).toMatchObject({ verdict: 'sent' })
  })

  it('has links as buttons, and as lines where Telegram takes no button', async () => {
    const links = [
      { title: 'Открыть', url: 'https://nabat.example.ru/e/1' },
      { title: 'Здесь', url: 'http://localhost:8080/e/1?a=1&b=2' },
      { title: 'Камера', url: 'rtsp://10.0.0.5/1' },
    ]
    await attempt({ links })
    expect(last()).toMatchObject({ buttons: [{ text: 'Открыть', url: 'https://nabat.example.ru/e/1' }] })
    expect(last()?.text).toBe(
      'Камера\nне отвечает\nЗдесь: http://localhost:8080/e/1?a=1&b=2\nКамера: rtsp://10.0.0.5/1',
    )
  })

  it('turns buttons into lines when Telegram refuses one after all', async () => {
    api.fail({ status: 400, says: "Bad Request: inline keyboard button URL 'x' is invalid: Wrong HTTP URL", times: 1 })
    expect(await attempt({ links: [{ title: 'Открыть', url: 'https://intern.al/1' }] })).toMatchObject({
      verdict: 'sent',
    })
    expect(last()).toMatchObject({ buttons: [], text: 'Камера\nне отвечает\nОткрыть: https://intern.al/1' })
  })

  it('answers the earlier message of its incident, also when that one is gone', async () => {
    const first = await attempt()
    const earlier = { messageIds: first.verdict === 'sent' ? (first.messageIds ?? []) : [] }
    await attempt({}, { chat: GROUP }, { earlier })
    expect(last()).toMatchObject({ messageId: 2, replyTo: 1 })
    expect(await attempt({}, { chat: GROUP }, { earlier: { messageIds: ['999'] } })).toMatchObject({ verdict: 'sent' })
  })

  it('repairs broken markup instead of being refused', async () => {
    expect(await attempt({ text: '<b>жирно <marquee>x</b>' })).toEqual({ verdict: 'sent', messageIds: ['1'] })
    expect(last()?.text).toBe('Камера\nжирно <marquee>x')
  })

  it('goes as plain text, and says so, when Telegram cannot parse it', async () => {
    api.fail({ ...refusals.notParsed, times: 1 })
    const text = '<b>x</b> &amp; <a href="https://a.ru/1">y</a>'
    expect(await attempt({ text })).toEqual({ verdict: 'sent', messageIds: ['1'], note: 'plain_text' })
    expect(last()).toMatchObject({ text: 'Камера\nx & y (https://a.ru/1)' })
    expect(last()).not.toHaveProperty('parseMode')
    expect(api.calls.length).toBe(2)
  })

  it('is refused when there is nothing in it', async () => {
    expect(await attempt({ title: ' ', text: '' })).toMatchObject({ verdict: 'rejected', reason: 'refused_content' })
    expect(api.calls).toEqual([])
  })

  it('tries plain text once only', async () => {
    api.fail(refusals.notParsed)
    expect(await attempt()).toMatchObject({ verdict: 'rejected', reason: 'refused_content' })
    expect(api.calls.length).toBe(2)
  })

  it('is cut at 4096, the title in the first part and the buttons under the last', async () => {
    const text = Array.from({ length: 300 }, (_, index) => `<b>строка ${index} &amp; ещё немного слов</b>`).join('\n')
    const links = [{ title: 'Открыть', url: 'https://nabat.example.ru/e/1' }]
    const outcome = await attempt({ text, links })
    expect(outcome).toMatchObject({ verdict: 'sent', messageIds: ['1', '2', '3'] })
    expect(api.messages.map((one) => one.buttons.length)).toEqual([0, 0, 1])
    expect(api.messages[0]?.text.startsWith('Камера\nстрока 0 &')).toBe(true)
    expect(api.messages.map((one) => one.text).join('\n')).toBe(`Камера\n${visibleText(text)}`)
  })
})

describe('telegram: files', () => {
  it('sends one photo with the text under it', async () => {
    const outcome = await attempt({ attachments: [jpeg()], links: [{ title: 'План', url: 'https://a.ru/1' }] })
    expect(outcome).toEqual({ verdict: 'sent', messageIds: ['1'] })
    expect(last()).toMatchObject({ kind: 'photo', text: 'Камера\nне отвечает', buttons: [{ text: 'План' }] })
    expect(last()?.file).toMatchObject({ name: 'кадр.jpg', mediaType: 'image/jpeg' })
    expect(last()?.file?.bytes).toEqual(await jpeg().read())
  })

  it('sends a text over 1024 first and the files after it', async () => {
    const attachments = [jpeg('a".jpg'), file('отчёт.pdf', 'application/pdf', Buffer.from('%PDF'))]
    const outcome = await attempt({ text: 'ы'.repeat(1100), attachments })
    expect(outcome).toEqual({ verdict: 'sent', messageIds: ['1', '2', '3'] })
    expect(api.messages.map(({ kind }) => kind)).toEqual(['text', 'photo', 'document'])
    expect(api.messages.map(({ file }) => file?.name)).toEqual([undefined, 'a".jpg', 'отчёт.pdf'])
  })

  it('sends as a file what is no photo for Telegram, and names what is too large for it', async () => {
    const attachments = [
      file('big.png', 'image/png', 11 * 1024 * 1024),
      file('x.svg', 'image/svg+xml', 10),
      file('film.mp4', 'video/mp4', 51 * 1024 * 1024),
    ]
    await attempt({ attachments })
    expect(api.messages.map(({ kind }) => kind)).toEqual(['document', 'document'])
    expect(api.messages[0]?.text).toContain('film.mp4: больше 50 МБ')
  })

  it('sends a photo that is refused as such as a file', async () => {
    api.fail({ method: 'sendPhoto', status: 400, says: 'Bad Request: PHOTO_INVALID_DIMENSIONS' })
    expect(await attempt({ attachments: [jpeg()] })).toEqual({ verdict: 'sent', messageIds: ['1'] })
    expect(last()).toMatchObject({ kind: 'document', text: 'Камера\nне отвечает' })
  })

  it('sends the text when the chat takes no files', async () => {
    for (const method of ['sendPhoto', 'sendDocument'])
      api.fail({ method, status: 400, says: 'Bad Request: not enough rights to send photos to the chat' })
    expect(await attempt({ attachments: [jpeg(), jpeg()] })).toEqual({
      verdict: 'sent',
      messageIds: ['1'],
      note: 'file_refused',
    })
    expect(last()).toMatchObject({ kind: 'text' })
  })

  it('sends the text when the file is lost', async () => {
    const lost = { ...jpeg(), read: () => Promise.reject(new Error('ENOENT')) }
    expect(await attempt({ attachments: [lost, jpeg()] })).toMatchObject({ verdict: 'sent', note: 'file_lost' })
    expect(api.messages.map(({ kind }) => kind)).toEqual(['text', 'photo'])
  })

  it('goes on after the parts that had arrived, within one process', async () => {
    const broken = api.fail({ method: 'sendDocument', ...refusals.broken })
    const more = { text: 'ы'.repeat(5000), attachments: [file('a.txt', 'text/plain', 5)] }
    expect(await attempt(more)).toMatchObject({ verdict: 'deferred', reason: 'provider_error' })
    expect(await attempt(more)).toMatchObject({ verdict: 'deferred' })
    expect(api.messages.length).toBe(2)
    broken()
    expect(await attempt(more)).toEqual({ verdict: 'sent', messageIds: ['1', '2', '3'] })
    expect(api.messages.map(({ kind }) => kind)).toEqual(['text', 'text', 'document'])
    // The next message of the same delivery id begins anew: nothing is remembered of what ended.
    expect(await attempt(more)).toMatchObject({ messageIds: ['4', '5', '6'] })
  })
})

describe('telegram: an edit', () => {
  const edit = (more: Partial<Message>, ids: string[] = ['1']) =>
    attempt(more, { chat: GROUP }, { action: 'edit', earlier: { messageIds: ids } })

  it('changes the earlier message, and is done when there is nothing to change', async () => {
    await attempt({}, { chat: GROUP, topic: 7 })
    expect(await edit({ text: 'снова отвечает' })).toEqual({ verdict: 'sent', messageIds: ['1'] })
    expect(last()).toMatchObject({ text: 'Камера\nснова отвечает', edits: ['Камера\nне отвечает'] })
    expect(await edit({ text: 'снова отвечает' })).toEqual({ verdict: 'sent', messageIds: ['1'] })
    expect(api.messages.length).toBe(1)
  })

  it('shortens what does not fit into one message', async () => {
    await attempt()
    await edit({ text: 'ы'.repeat(5000) })
    expect(last()?.text).toMatch(/ы…$/)
    expect(last()?.text.length).toBe(4096)
  })

  it('changes the caption of a photo', async () => {
    await attempt({ attachments: [jpeg()] })
    expect(await edit({ text: 'снова отвечает' })).toEqual({ verdict: 'sent', messageIds: ['1'] })
    expect(last()).toMatchObject({ kind: 'photo', text: 'Камера\nснова отвечает' })
  })

  it.each(['Bad Request: message to edit not found', "Bad Request: message can't be edited"])(
    'sends another one in answer to it: %s',
    async (says) => {
      await attempt()
      api.fail({ method: 'editMessageText', status: 400, says })
      expect(await edit({ text: 'снова отвечает' })).toEqual({ verdict: 'sent', messageIds: ['2'] })
      expect(last()).toMatchObject({ replyTo: 1, text: 'Камера\nснова отвечает' })
    },
  )

  it('without an earlier message is a message', async () => {
    expect(await attempt({}, { chat: GROUP }, { action: 'edit' })).toEqual({ verdict: 'sent', messageIds: ['1'] })
    expect(methods()).toEqual(['sendMessage'])
  })

  it('waits when it is told to, and does not send another one', async () => {
    await attempt()
    api.fail(refusals.throttled(3))
    expect(await edit({ text: 'x' })).toMatchObject({ verdict: 'deferred', retryAfterMs: 3000 })
    expect(methods()).toEqual(['sendMessage', 'editMessageText'])
  })
})

describe('telegram: refusals', () => {
  it.each([
    [refusals.throttled(5), 'deferred', 'throttled', 'destination', 'throttled'],
    [refusals.blocked, 'rejected', 'blocked', 'destination', 'invalid'],
    [refusals.deactivated, 'rejected', 'blocked', 'destination', 'invalid'],
    [refusals.kicked, 'rejected', 'forbidden', 'destination', 'invalid'],
    [refusals.notFound, 'rejected', 'no_such_destination', 'destination', 'invalid'],
    [refusals.noTopic, 'rejected', 'no_such_destination', 'destination', 'invalid'],
    [refusals.noRights, 'rejected', 'forbidden', 'destination', 'invalid'],
    [refusals.broken, 'deferred', 'provider_error', 'channel', 'down'],
    [{ drop: 'after' }, 'deferred', 'unreachable_host', 'channel', 'down'],
    [{ drop: 'before' }, 'deferred', 'unreachable_host', 'channel', 'down'],
  ] as [TelegramFault, string, string, string, string][])('%j', async (fault, verdict, reason, of, state) => {
    api.fail({ ...fault, chat: GROUP })
    expect(await attempt()).toMatchObject({ verdict, reason, health: { of, state } })
    expect(await attempt({}, { chat: '-100999' })).toMatchObject({ verdict: 'sent' })
  })

  it('follows a group to its new id and says where it went', async () => {
    api.fail({ ...refusals.migrated('-1009999999999'), chat: '-555' })
    expect(await attempt({ attachments: [jpeg()] }, { chat: '-555', topic: 3 })).toEqual({
      verdict: 'sent',
      messageIds: ['1'],
      movedTo: { chat: '-1009999999999', topic: 3 },
    })
    expect(last()).toMatchObject({ chat: '-1009999999999', topic: 3 })
  })

  it('follows once, not in circles', async () => {
    api.fail(refusals.migrated('-1009999999999'))
    expect(await attempt({}, { chat: '-555' })).toMatchObject({ verdict: 'rejected', reason: 'moved' })
    expect(api.calls.length).toBe(2)
  })

  it('waits for a better token', async () => {
    await using other = await startTelegram({ tokens: ['999:other'] })
    const bot = await telegram.open(settingsOf({ apiRoot: other.url }), world())
    expect(await bot.attempt(message(plain), { chat: GROUP }, sending())).toMatchObject({
      verdict: 'deferred',
      reason: 'unauthorized',
      health: { of: 'channel', state: 'down' },
    })
    await bot.close()
  })

  it('keeps within the limits of the stand-in when paced, and is told to wait when not', async () => {
    await using strict = await startTelegram({ enforceLimits: true })
    const bot = await telegram.open(settingsOf({ apiRoot: strict.url }), world())
    const send = (chat: string) => bot.attempt(message(plain), { chat }, sending())
    expect(await send('-1')).toMatchObject({ verdict: 'sent' })
    expect(await send('-1')).toMatchObject({ verdict: 'deferred', reason: 'throttled', retryAfterMs: 1000 })
    const others = await Promise.all(Array.from({ length: 30 }, (_, index) => send(`${index + 10}`)))
    expect(others.filter(({ verdict }) => verdict === 'sent').length).toBe(29)
    await bot.close()
  })
})

describe('telegram: a channel', () => {
  it('cuts the slash of apiRoot and keeps its path', async () => {
    const bot = await telegram.open(settingsOf({ apiRoot: `${api.url}/` }), world())
    expect(await bot.attempt(message(plain), { chat: GROUP }, sending())).toMatchObject({ verdict: 'sent' })
    await bot.close()
  })

  const problemsOf = (more: object) => telegram.problems(settingsOf(more), world()).map(({ path }) => path)
  it.each([
    [{ token: '123:abc', proxy: 'socks5://u:p@host:1080' }, []],
    [{ token: 'abc' }, ['/token']],
    [{ token: '123:a b' }, ['/token']],
    [{ apiRoot: 'ftp://x' }, ['/apiRoot']],
    [{ apiRoot: 'https://u:p@x.ru' }, ['/apiRoot']],
    [{ apiRoot: 'https://x.ru/?a' }, ['/apiRoot']],
    [{ proxy: 'socks4://x' }, ['/proxy']],
    [{ proxy: 'nonsense' }, ['/proxy']],
  ])('%j: problems at %j', (more, expected) => expect(problemsOf(more)).toEqual(expected))

  it('never shows the token in a problem', () => {
    expect(JSON.stringify(telegram.problems(settingsOf({ token: 'secret!token' }), world()))).not.toContain('secret!')
  })

  const address = (to: object, person?: string) =>
    telegram.address({ channel: 'duty-bot', ...to }, settingsOf(), person)
  it.each([
    [{ chat: GROUP }, { chat: GROUP }],
    [{ chat: Number(GROUP) }, { chat: GROUP }],
    [
      { chat: GROUP, topic: 7 },
      { chat: GROUP, topic: 7 },
    ],
    [{ chat: GROUP, topic: 1 }, { chat: GROUP }],
    [{ chat: '@duty_channel' }, { chat: '@duty_channel' }],
    [{ chat: 555, private: true }, { chat: '555' }],
  ])('%j is the address %j', (to, expected) => expect(address(to)).toEqual(expected))

  it.each([
    {},
    { chat: '' },
    { chat: '@a' },
    { chat: '@1abcd' },
    { chat: 'duty' },
    { chat: '-' },
    { chat: '-01' },
    { chat: 0 },
  ])('%j is no address', (to) => expect(address(to)).toMatchObject({ path: '/chat' }))

  it('explains a missing minus, except for the chat of a person', () => {
    const found = address({ chat: '1234567890' })
    if (!isProblem(found)) throw new Error('no problem')
    expect(found.message.ru).toContain('возможно, вы имели в виду -1001234567890? Если это личный чат')
    expect(found.message.en).toContain('private: true')
    const prefixed = address({ chat: 1001234567890 })
    expect(isProblem(prefixed) && prefixed.message.en).toContain('did you mean -1001234567890?')
    expect(address({ chat: '555' }, 'MOW_15_S_1')).toEqual({ chat: '555' })
  })

  it('counts under the bot, the chat and the group', () => {
    const keys = (chat: string) =>
      telegram.budgets(settingsOf(), { chat }).map(({ key, limit, perMs }) => [key, limit, perMs])
    const bot = ['bot:123456', 30, 1000]
    expect(keys('555')).toEqual([bot, ['chat:123456:555', 1, 1000]])
    expect(keys('-5')).toEqual([bot, ['chat:123456:-5', 1, 1000], ['group:123456:-5', 20, 60_000]])
    expect(keys('@name').length).toBe(3)
    expect(telegram.owner(settingsOf(), 'c1')).toBe('bot:123456')
    expect(telegram.show({ chat: '-5', topic: 7 })).toBe('-5 topic 7')
  })
})

describe('telegram: the check', () => {
  async function stages(to?: object, settings = settingsOf()): Promise<CheckStage[]> {
    const bot = await telegram.open(settings, world())
    const found: CheckStage[] = []
    const text = to === undefined ? undefined : message(plain)
    for await (const stage of bot.check(to as Record<string, string>, text, AbortSignal.timeout(5000)))
      found.push(stage)
    await bot.close()
    expect(JSON.stringify(found)).not.toContain(settings.token)
    return found
  }
  const seen = (found: CheckStage[]) => found.map(({ stage, ok }) => `${stage} ${ok}`)

  it('goes from the name to the message', async () => {
    const found = await stages({ chat: GROUP })
    expect(seen(found)).toEqual(['name true', 'connection true', 'login true', 'sender true', 'message true'])
    expect(found[2]?.says.ru).toContain('@nabat_123456_bot')
    expect(found[3]?.says.en).toContain(`Чат ${GROUP}`)
    expect(seen(await stages())).toEqual(['name true', 'connection true', 'login true'])
  })

  it('says what is wrong with the token', async () => {
    const found = await stages({ chat: GROUP }, settingsOf({ token: '123456:AAHwrong' }))
    expect(seen(found).at(-1)).toBe('login false')
    expect(found.at(-1)?.says.ru).toMatch(/^Токен не принят: Unauthorized\. .*@BotFather/)
  })

  it('says what is wrong with the chat', async () => {
    api.fail({ method: 'getChat', ...refusals.notFound })
    const found = await stages({ chat: '-42' })
    expect(seen(found).at(-1)).toBe('sender false')
    expect(found.at(-1)?.says.ru).toContain('чат -42 боту не виден: Bad Request: chat not found')
  })

  it('says what is wrong with the address, and what to do', async () => {
    const nowhere = await stages({ chat: GROUP }, settingsOf({ apiRoot: 'http://no-such-host.invalid' }))
    expect(seen(nowhere)).toEqual(['name false'])
    const refused = await stages({ chat: GROUP }, settingsOf({ apiRoot: 'http://127.0.0.1:9' }))
    expect(seen(refused)).toEqual(['name true', 'connection false'])
    expect(refused.at(-1)?.says.ru).toContain('ECONNREFUSED; проверьте адрес Bot API (apiRoot)')
  })

  it('knows a server that is no Bot API', async () => {
    api.fail({ method: 'getMe', status: 418, says: 'teapot' })
    const found = await stages({ chat: GROUP })
    expect(seen(found).at(-1)).toBe('login false')
    expect(found.at(-1)?.says.en).toContain('check apiRoot')
  })
})

function asFault(behaviour: Behaviour): TelegramFault {
  if (behaviour === 'never') return { hang: true }
  if (behaviour === 'drop') return { drop: 'after' }
  if (behaviour === 'take') return {}
  const { status, retryAfterSeconds, says } = behaviour
  return {
    status,
    ...(says !== undefined && { says }),
    ...(retryAfterSeconds !== undefined && { parameters: { retry_after: retryAfterSeconds } }),
  }
}

conformance('telegram', {
  kind: telegram,
  async start() {
    const standIn = await startTelegram({ tokens: [TOKEN] })
    let undo = (): void => {}
    return {
      settings: { name: 'bot', kind: 'telegram', token: TOKEN, apiRoot: standIn.url },
      behave(behaviour) {
        undo()
        undo = standIn.fail(asFault(behaviour))
      },
      came: () => standIn.calls.length,
      close: () => standIn.close(),
    }
  },
  to: { channel: 'bot', chat: GROUP, topic: 7 },
  statuses: Array.from({ length: 400 }, (_, index) => 200 + index),
  wait: 429,
  secrets: [TOKEN, TOKEN.slice(7)],
  longest: { title: 4096, text: 4096 },
})
