import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ChannelSettings } from '@nabat/api/channel.ts'
import { message, sending, world } from '../../test/channel-conformance.ts'
import { BOT_TOKEN, HOOK_KEY, startMattermost, type MattermostStandIn } from '../../test/standins/mattermost.ts'
import type { Call, Channel, Message } from './channel.ts'
import { mattermost } from './mattermost.ts'
import { classify, refusalOf, type Step } from './mattermost/classify.ts'
import { MAX_RUNES } from './mattermost/text.ts'

type Settings = ChannelSettings<'mattermost'>
const settingsOf = (more: Partial<Settings>): Settings => ({ name: 'chat', kind: 'mattermost', ...more })

let server: MattermostStandIn
const channels: Channel[] = []
beforeEach(async () => (server = await startMattermost()))
afterEach(async () => {
  for (const channel of channels.splice(0)) await channel.close()
  await server.close()
})
const opened = async (more: Partial<Settings>): Promise<Channel> => {
  const channel = await mattermost.open(settingsOf(more), world())
  channels.push(channel)
  return channel
}
const file = (name: string, bytes = 'кадр') => ({
  name,
  mediaType: 'image/jpeg',
  size: bytes.length,
  read: () => Promise.resolve(Buffer.from(bytes)),
})

describe('a hook', () => {
  const post = async (chat?: string, what: Partial<Message> = {}, more: Partial<Settings> = {}) => {
    const settings = settingsOf({ url: server.url, ...more })
    const to = mattermost.address({ channel: 'chat', ...(chat !== undefined && { chat }) }, settings)
    return (await opened({ url: server.url, ...more })).attempt(message(what), to as { chat: string }, sending())
  }

  it('posts title, text and links as Markdown to its own channel', async () => {
    expect(await post()).toEqual({ verdict: 'sent', messageIds: [] })
    expect(server.posts).toMatchObject([{ channel: 'town-square', by: 'hook' }])
    expect(server.posts[0]!.message).toBe(
      '**Камера недоступна: Склад, 3-я камера**\n**Склад** & двор\nКамера 3 _недоступна_\n\n' +
        '[Открыть](https://nabat.example.ru/events/1)',
    )
    expect(JSON.parse(Buffer.from(server.received[0]!.body, 'latin1').toString())).not.toHaveProperty('channel')
  })

  it.each([
    ['duty', 'duty'],
    ['#Duty', 'duty'],
    ['@Ann', '@ann'],
  ])('posts to %s', async (chat, channel) => {
    expect(await post(chat)).toMatchObject({ verdict: 'sent' })
    expect(server.posts[0]!.channel).toBe(channel)
  })

  it('posts to the channel of the settings when the recipient names none', async () => {
    await post(undefined, {}, { channel: 'duty' })
    expect(server.posts[0]!.channel).toBe('duty')
  })

  it('calls nobody whom the text only mentions', async () => {
    await post(undefined, { title: '@all *x*', text: '@channel &lt;!here&gt;' })
    expect(server.posts[0]!.message).not.toMatch(/@all|@channel|<!here/)
  })

  it('names the files it cannot send', async () => {
    await post(undefined, { attachments: [file('кадр_1.jpg')] })
    expect(server.posts[0]!.message).toContain('📎 кадр\\_1.jpg')
  })

  it('splits what is longer than a post', async () => {
    await post(undefined, { text: `<b>${'слово *и* '.repeat(4_000)}</b>` })
    expect(server.posts.length).toBeGreaterThan(2)
    for (const { message } of server.posts) {
      expect(Array.from(message).length).toBeLessThanOrEqual(MAX_RUNES)
      expect(message.match(/\*\*/g)!.length % 2).toBe(0)
    }
  })

  it('cuts an address longer than a post', async () => {
    const text = `<a href="https://example.ru/${'x'.repeat(20_000)}">here</a>`
    expect(await post(undefined, { text })).toMatchObject({ verdict: 'sent' })
  })

  it.each([
    ['@nobody', 'rejected no_such_destination destination invalid'],
    ['nowhere', 'rejected no_such_destination destination invalid'],
  ])('to %s is %s', async (chat, expected) => expect(told(await post(chat))).toBe(expected))

  it('says what must be mended at the hook', async () => {
    server.state.hook.locked = true
    expect(told(await post('duty'))).toBe('rejected forbidden destination invalid')
    server.state.hook.enabled = false
    expect(told(await post())).toBe('deferred misconfigured channel down')
    server.state.hook.enabled = true
    const outcome = await post(undefined, {}, { url: server.url.replace(HOOK_KEY, 'deletedkey') })
    expect(told(outcome)).toBe('deferred misconfigured channel down')
    expect(JSON.stringify(outcome)).not.toContain('deletedkey')
  })

  it('says that a part may have arrived when a later one fails', async () => {
    const channel = await opened({ url: server.url })
    server.fail(500, /hooks/, 1)
    const outcome = await channel.attempt(message({ text: 'слово '.repeat(8_000) }), {}, sending())
    expect(server.posts).toHaveLength(1)
    expect(outcome).toMatchObject({ verdict: 'deferred', ambiguous: true })
  })

  const checked = async (url: string) => {
    const stages = []
    for await (const stage of (await opened({ url })).check({}, undefined, sending().signal)) stages.push(stage)
    return stages
  }

  it('says in its check that posting is the only way to know, and asks what can be asked', async () => {
    const stages = await checked(server.url)
    expect(stages.map(({ stage, ok }) => [stage, ok])).toEqual([
      ['name', true],
      ['connection', true],
      ['login', true],
    ])
    expect(stages[2]!.says.en).toBe('Mattermost answers; the webhook itself cannot be checked without posting')
    expect(server.posts).toEqual([])
    expect(server.received.map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /api/v4/system/ping'])
  })

  it('tells in its check a server that is ill from one that is none', async () => {
    server.fail(503, /ping/)
    const ill = (await checked(server.url)).at(-1)!
    expect([ill.ok, ill.says.en]).toEqual([false, expect.stringContaining('an error, 503')])
    server.fail(404, /ping/)
    const other = (await checked(server.url)).at(-1)!
    expect([other.ok, other.says.en]).toEqual([true, expect.stringContaining('does not look like Mattermost')])
    server.fail('drop', /ping/)
    expect((await checked(server.url)).at(-1)).toMatchObject({ stage: 'login', ok: false })
  })
})

describe('a bot', () => {
  const bot = () => ({ server: server.origin, token: BOT_TOKEN })
  const attempt = async (chat: string, what: Partial<Message> = {}, call: Partial<Call> = {}, channel?: Channel) =>
    (channel ?? (await opened(bot()))).attempt(message(what), { chat }, sending(call))

  it.each([
    ['duty', 'duty'],
    ['main/duty', 'duty'],
    ['duty00000000000000000000000'.slice(0, 26), 'duty'],
    ['@ann', 'dmann'],
  ])('posts to %s', async (chat, channel) => {
    expect(await attempt(chat)).toMatchObject({ verdict: 'sent', messageIds: [expect.stringMatching(/^post0/)] })
    expect(server.posts).toMatchObject([{ by: 'bot', channel: channel.padEnd(26, '0'), priority: 'important' }])
  })

  it('finds a person by mail', async () => {
    const to = mattermost.address({ channel: 'chat', address: 'Ann@Example.ru' }, settingsOf(bot()))
    expect(to).toEqual({ address: 'ann@example.ru' })
    const channel = await opened(bot())
    expect(await channel.attempt(message(), to as { address: string }, sending())).toMatchObject({ verdict: 'sent' })
    expect(server.posts[0]!.channel).toMatch(/^dmann/)
  })

  it('asks once where to post', async () => {
    const channel = await opened(bot())
    for (const id of ['1', '2', '3']) await attempt('@ann', { deliveryId: id }, {}, channel)
    expect(server.posts).toHaveLength(3)
    expect(server.received.map(({ method, path }) => `${method} ${path.slice('/api/v4'.length)}`)).toEqual([
      'GET /users/me',
      'GET /users/username/ann',
      'POST /channels/direct',
      'POST /posts',
      'POST /posts',
      'POST /posts',
    ])
  })

  it('looks again when the channel it remembers is gone', async () => {
    const channel = await opened(bot())
    await attempt('duty', { deliveryId: '1' }, {}, channel)
    const [, main] = server.state.teams
    main!.channels = [{ id: 'otherduty0'.padEnd(26, '0'), name: 'duty' }]
    expect(await attempt('duty', { deliveryId: '2' }, {}, channel)).toMatchObject({ verdict: 'sent' })
    expect(server.posts[1]!.channel).toMatch(/^otherduty/)
    main!.channels = []
    expect(told(await attempt('duty', { deliveryId: '3' }, {}, channel))).toBe(
      'rejected no_such_destination destination invalid',
    )
  })

  it('makes no second post when an answer was lost', async () => {
    const channel = await opened(bot())
    await attempt('duty', {}, {}, channel)
    expect(await attempt('duty', {}, { attempt: 2 }, channel)).toMatchObject({ verdict: 'sent' })
    expect(server.posts).toHaveLength(1)
  })

  it('answers in the thread of the first message, without a priority', async () => {
    const channel = await opened(bot())
    const first = await attempt('duty', { deliveryId: '1' }, {}, channel)
    const messageIds = first.verdict === 'sent' ? (first.messageIds ?? []) : []
    await attempt('duty', { deliveryId: '2' }, { earlier: { messageIds } }, channel)
    expect(server.posts[1]).toMatchObject({ rootId: messageIds[0], priority: '' })
  })

  it('posts beside the thread when its beginning was deleted', async () => {
    const outcome = await attempt('duty', {}, { earlier: { messageIds: ['deleted'] } })
    expect(outcome).toMatchObject({ verdict: 'sent' })
    expect(server.posts).toMatchObject([{ rootId: '' }])
  })

  it('does without priorities where the server has none', async () => {
    server.state.priorities = false
    const channel = await opened(bot())
    for (const deliveryId of ['1', '2'])
      expect(await attempt('duty', { deliveryId }, {}, channel)).toMatchObject({ verdict: 'sent' })
    expect(server.posts).toMatchObject([{ priority: '' }, { priority: '' }])
    expect(server.received.filter(({ path }) => path === '/api/v4/posts')).toHaveLength(3)
  })

  it('edits the earlier message in place', async () => {
    const channel = await opened(bot())
    await attempt('duty', { deliveryId: '1' }, {}, channel)
    const earlier = { messageIds: [server.posts[0]!.id] }
    const edited = await attempt(
      'duty',
      { deliveryId: '2', text: 'снова на связи' },
      { action: 'edit', earlier },
      channel,
    )
    expect(edited).toEqual({ verdict: 'sent', messageIds: earlier.messageIds })
    expect(server.posts).toHaveLength(1)
    expect(server.posts[0]!.message).toContain('снова на связи')
  })

  it('keeps an edited message one post', async () => {
    const channel = await opened(bot())
    await attempt('duty', { deliveryId: '1' }, {}, channel)
    const earlier = { messageIds: [server.posts[0]!.id] }
    await attempt('duty', { text: 'слово '.repeat(8_000) }, { action: 'edit', earlier }, channel)
    expect(server.posts).toHaveLength(1)
    expect(server.posts[0]!.message.endsWith('…')).toBe(true)
  })

  it('posts anew what cannot be edited any more', async () => {
    const channel = await opened(bot())
    await attempt('duty', { deliveryId: '1' }, {}, channel)
    server.state.editable = false
    const earlier = { messageIds: [server.posts[0]!.id] }
    await attempt('duty', { deliveryId: '2' }, { action: 'edit', earlier }, channel)
    await attempt('duty', { deliveryId: '3' }, { action: 'edit', earlier: { messageIds: ['deleted'] } }, channel)
    expect(server.posts).toHaveLength(3)
  })

  it('sends at most five files and names the rest', async () => {
    const attachments = [1, 2, 3, 4, 5, 6].map((n) => file(`кадр"${n}.jpg`))
    expect(await attempt('duty', { attachments })).toMatchObject({ verdict: 'sent', note: 'file_refused' })
    expect(server.files).toHaveLength(5)
    expect(server.files[0]!.form).toContain('filename="кадр%221.jpg"\r\nContent-Type: image/jpeg\r\n\r\nкадр\r\n')
    expect(server.posts[0]!.fileIds).toHaveLength(5)
    expect(server.posts[0]!.message).toContain('📎 кадр"6.jpg')
  })

  it('sends the message when a file is refused or lost', async () => {
    server.state.filesAllowed = false
    const lost = { ...file('b.jpg'), read: () => Promise.reject(new Error('gone')) }
    const outcome = await attempt('duty', { attachments: [file('a.jpg'), lost] })
    expect(outcome).toMatchObject({ verdict: 'sent', note: 'file_refused,file_lost' })
    expect(server.posts[0]!.message).toMatch(/a\.jpg\n📎 b\.jpg/)
  })

  it.each([
    ['@nobody', 'rejected no_such_destination destination invalid'],
    ['@gone', 'rejected blocked destination invalid'],
    ['nowhere', 'rejected no_such_destination destination invalid'],
    ['main/nowhere', 'rejected no_such_destination destination invalid'],
    ['noteam/duty', 'rejected no_such_destination destination invalid'],
  ])('to %s is %s', async (chat, expected) => expect(told(await attempt(chat))).toBe(expected))

  it('says which destinations are closed to it', async () => {
    const [, main] = server.state.teams
    main!.channels[1]!.closed = true
    expect(told(await attempt('duty'))).toBe('rejected forbidden destination invalid')
    main!.channels[1]!.archived = true
    expect(told(await attempt('duty'))).toBe('rejected no_such_destination destination invalid')
    server.state.teams = []
    expect(told(await attempt('duty'))).toBe('deferred misconfigured destination fine')
  })

  it('waits for a mend when its token is refused', async () => {
    const channel = await opened({ ...bot(), token: 'revoked' })
    expect(told(await channel.attempt(message(), { chat: '@ann' }, sending()))).toBe(
      'deferred unauthorized channel down',
    )
    const stages = []
    for await (const stage of channel.check({ chat: '@ann' }, message(), sending().signal)) stages.push(stage)
    expect(stages.at(-1)).toMatchObject({ stage: 'login', ok: false })
  })

  it('is not ambiguous while it only looks up', async () => {
    server.fail('drop', /users|channels/)
    for (const chat of ['@ann', 'duty']) {
      const outcome = await attempt(chat)
      expect(outcome).toMatchObject({ verdict: 'deferred' })
      expect(outcome).not.toHaveProperty('ambiguous')
    }
  })

  it('takes an answer that is none of Mattermost for a wrong address', async () => {
    for (const body of ['<html>', '{}', '[]', 'null']) {
      server.fail({ status: 200, body }, /posts/)
      expect(told(await attempt('main/duty'))).toBe('deferred misconfigured channel down')
    }
  })

  it('never throws, whatever any of its calls is answered', async () => {
    for (const at of [/users\/me$/, /username/, /direct/, /teams/, /files/, /posts$/, /patch/])
      for (const status of [200, 204, 302, 400, 401, 403, 404, 413, 429, 500, 501, 502, 503])
        for (const body of ['', 'null', '[1]', '{"id":1}', '{"id":"x.y","message":"z"}']) {
          server.fail({ status, body }, at)
          const channel = await opened(bot())
          const call = at.source === 'patch' ? { action: 'edit' as const, earlier: { messageIds: ['x'] } } : {}
          for (const chat of ['@ann', 'duty']) {
            const outcome = await attempt(chat, { attachments: [file('a')] }, call, channel)
            expect(['sent', 'deferred', 'rejected']).toContain(outcome.verdict)
          }
          await channels.pop()!.close()
        }
  })

  it('lives below a path as well', async () => {
    await attempt('duty', {}, {}, await opened({ ...bot(), server: `${server.origin}/mm/` }))
    expect(server.received[0]!.path).toBe('/mm/api/v4/users/me/teams')
  })
})

const told = (outcome: { verdict: string; reason?: string; health?: { of: string; state: string } }): string =>
  outcome.verdict === 'sent'
    ? 'sent'
    : `${outcome.verdict} ${outcome.reason} ${outcome.health?.of} ${outcome.health?.state}`

describe('classify', () => {
  const of = (status: number, id = '', step: Step = 'hook', headers = {}) =>
    classify(status, headers, { id, message: '' }, step, '', 1_800_000_000_000)

  it('gives an outcome for every status of every step, and condemns no destination without a word of Mattermost', () => {
    for (const step of ['hook', 'login', 'user', 'channel', 'file', 'post', 'edit'] as const)
      for (let status = 100; status < 600; status++) {
        const outcome = of(status, '', step)
        expect(outcome.verdict === 'sent', `${step} ${status}`).toBe(status >= 200 && status < 300)
        if (outcome.verdict === 'sent') continue
        expect(outcome.health.state, `${step} ${status}`).not.toBe('invalid')
        if (outcome.verdict === 'rejected') expect([413]).toContain(status)
      }
  })

  it.each([
    [301, '', 'hook', 'deferred misconfigured channel down'],
    [400, 'web.incoming_webhook.text.app_error', 'hook', 'rejected refused_content destination fine'],
    [400, 'web.incoming_webhook.invalid.app_error', 'hook', 'deferred misconfigured channel down'],
    [400, 'web.incoming_webhook.user.app_error', 'hook', 'rejected no_such_destination destination invalid'],
    [400, 'model.post.is_valid.message_length.app_error', 'post', 'rejected refused_content destination fine'],
    [401, 'api.context.session_expired.app_error', 'post', 'deferred unauthorized channel down'],
    [403, 'web.incoming_webhook.user.app_error', 'hook', 'deferred misconfigured channel down'],
    [403, 'web.incoming_webhook.permissions.app_error', 'hook', 'rejected forbidden destination invalid'],
    [403, 'api.context.permissions.app_error', 'post', 'rejected forbidden destination invalid'],
    [403, 'api.context.permissions.app_error', 'edit', 'rejected edit_gone destination fine'],
    [404, 'web.incoming_webhook.channel.app_error', 'hook', 'rejected no_such_destination destination invalid'],
    [404, 'api.context.404.app_error', 'hook', 'deferred misconfigured channel down'],
    [404, 'app.post.get.app_error', 'edit', 'rejected edit_gone destination fine'],
    [408, '', 'hook', 'deferred provider_error channel fine'],
    [429, '', 'hook', 'deferred throttled channel throttled'],
    [500, '', 'hook', 'deferred provider_error channel down'],
    [500, 'app.post.save.app_error', 'hook', 'deferred provider_error channel fine'],
    [501, 'web.incoming_webhook.disabled.app_error', 'hook', 'deferred misconfigured channel down'],
    [503, '', 'post', 'deferred provider_error channel down'],
  ] as const)('%i %s at %s is %s', (status, id, step, expected) => expect(told(of(status, id, step))).toBe(expected))

  it.each([
    [{ 'retry-after': '3' }, 3_000],
    [{ 'x-ratelimit-reset': '2' }, 2_000],
    [{ 'x-ratelimit-reset': '1800000005' }, 5_000],
    [{ 'retry-after': '3', 'x-ratelimit-reset': '9' }, 3_000],
    [{ 'x-ratelimit-reset': 'soon' }, undefined],
    [{}, undefined],
  ])('429 with %j waits %s', (headers, expected) => {
    const outcome = of(429, '', 'post', headers)
    expect(outcome.verdict === 'deferred' && outcome.retryAfterMs).toBe(expected)
  })

  it('comes back soon to a post that is still being written', () => {
    const id = 'api.post.deduplicate_create_post.pending'
    expect(of(500, id, 'post')).toMatchObject({ retryAfterMs: 2_000, health: { state: 'fine' } })
  })

  it.each(['', '<html>', 'null', '[]', '{"id":1}', '{"id":"x"}'])('finds no refusal in %j', (body) =>
    expect(refusalOf(body)).toEqual({ id: '', message: '' }),
  )
})

describe('settings of Mattermost', () => {
  const hook = { url: 'https://chat.example.ru/hooks/abc' }
  const bot = { server: 'https://chat.example.ru', token: 't' }
  it.each([
    [hook, []],
    [bot, []],
    [{}, ['/url']],
    [{ ...hook, ...bot }, ['/url']],
    [{ ...hook, token: 't' }, ['/url']],
    [{ server: bot.server }, ['/token']],
    [{ token: 't' }, ['/server']],
    [{ url: 'ftp://x.ru' }, ['/url']],
    [{ ...hook, proxy: 'gopher://x.ru' }, ['/proxy']],
    [{ ...hook, proxy: 'socks5://127.0.0.1:1080' }, []],
    [{ url: 'http://127.0.0.1/hooks/abc' }, []],
  ])('%j: problems at %j', (more, paths) =>
    expect(mattermost.problems(settingsOf(more), { allowPrivateAddresses: false }).map(({ path }) => path)).toEqual(
      paths,
    ),
  )

  const of = (to: object, settings: Partial<Settings>, person?: string) => {
    const address = mattermost.address({ channel: 'chat', ...to }, settingsOf(settings), person)
    return 'message' in address ? address.path : address
  }
  it.each([
    [{ chat: '@Ann' }, hook, undefined, { chat: '@ann' }],
    [{ chat: 'Town-Square' }, hook, undefined, { chat: 'town-square' }],
    [{ chat: '#duty' }, bot, undefined, { chat: 'duty' }],
    [{ chat: 42 }, bot, undefined, { chat: '42' }],
    [{ chat: 'main/duty' }, bot, undefined, { chat: 'main/duty' }],
    [{ chat: 'main/duty' }, hook, undefined, '/chat'],
    [{ chat: 'Дежурные' }, hook, undefined, '/chat'],
    [{ chat: '../../users' }, bot, undefined, '/chat'],
    [{}, hook, undefined, {}],
    [{}, { ...hook, channel: '#Duty' }, undefined, { chat: 'duty' }],
    [{}, { ...bot, channel: 'main/duty' }, undefined, { chat: 'main/duty' }],
    [{}, bot, undefined, '/chat'],
    [{}, hook, 'ann', '/chat'],
    [{ chat: '@ann' }, hook, 'ann', { chat: '@ann' }],
    [{ address: 'a@b.ru' }, hook, undefined, '/address'],
    [{ address: 'A@b.ru' }, bot, undefined, { address: 'a@b.ru' }],
    [{ address: 'a@b.ru', chat: '@ann' }, bot, undefined, '/address'],
    [{ chat: '@ann', topic: 7 }, bot, undefined, '/topic'],
  ] as const)('%j of %j for %s is %j', (to, settings, person, expected) =>
    expect(of(to, settings, person)).toEqual(expected),
  )

  it('shows an address in one line', () => {
    expect(mattermost.show({ chat: '@ann' })).toBe('@ann')
    expect(mattermost.show({ address: 'a@b.ru' })).toBe('a@b.ru')
    expect(mattermost.show({})).toBe('mattermost')
  })
})
