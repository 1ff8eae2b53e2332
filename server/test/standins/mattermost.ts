import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { until } from '../until.ts'
import { read, reply, type Received, type Reply } from './receiver.ts'

/*
 * As much of Mattermost as posting takes: incoming webhooks and the REST API of a bot account, with the refusals and
 * their ids as server/channels/app/webhook.go and api4/post.go give them.
 */

const MAX_RUNES = 16_383
const MAX_FILES = 10
/** The key of the hook and the token of the bot; 26 characters, as the real ones. */
export const HOOK_KEY = 'hookkeyhookkeyhookkeyhook1'
export const BOT_TOKEN = 'bottokenbottokenbottokenb1'

export interface MattermostPost {
  readonly id: string
  readonly channel: string
  message: string
  readonly rootId: string
  readonly fileIds: readonly string[]
  readonly priority: string
  readonly by: 'hook' | 'bot'
}

/** What is the case on this server; change at will. */
export interface MattermostState {
  users: { id: string; username: string; email: string; deleted?: boolean }[]
  teams: { id: string; name: string; channels: { id: string; name: string; archived?: boolean; closed?: boolean }[] }[]
  /** The channel the hook belongs to, and whether it may post elsewhere. */
  hook: { channel: string; locked: boolean; enabled: boolean }
  priorities: boolean
  filesAllowed: boolean
  editable: boolean
}

export interface MattermostStandIn {
  readonly origin: string
  /** Address of the hook. */
  readonly url: string
  readonly state: MattermostState
  readonly posts: MattermostPost[]
  readonly files: { readonly id: string; readonly channel: string; readonly form: string }[]
  readonly received: Received[]
  /** Replies so to requests whose `METHOD /path` fits (by default those that post), once `after` of them are through. */
  fail(what: Reply | undefined, at?: RegExp, after?: number): void
  waitFor(posts: number): Promise<MattermostPost[]>
  close(): Promise<void>
}

type Said = { readonly status: number; readonly value: unknown }

const ok = (value: unknown, status = 200): Said => ({ status, value })
const refuse = (status: number, id: string): Said => ({
  status,
  value: { id, message: `no: ${id}`, status_code: status },
})
/** An id as Mattermost makes them: 26 characters. */
const idOf = (name: string): string => name.padEnd(26, '0').slice(0, 26)

const POSTING = /^(POST \/hooks\/|POST \/api\/v4\/posts$|PUT \/api\/v4\/posts\/)/

/** What the stand-in may be started with. */
export interface MattermostOptions {
  /** Told of every post, and again when it was edited. */
  readonly onPost?: (post: MattermostPost) => void
}

/** A Mattermost server on a free port of 127.0.0.1. */
export async function startMattermost({ onPost = () => {} }: MattermostOptions = {}): Promise<MattermostStandIn> {
  const state: MattermostState = {
    users: [
      { id: idOf('ann'), username: 'ann', email: 'ann@example.ru' },
      { id: idOf('gone'), username: 'gone', email: 'gone@example.ru', deleted: true },
    ],
    teams: [
      { id: idOf('empty'), name: 'empty', channels: [] },
      {
        id: idOf('main'),
        name: 'main',
        channels: [
          { id: idOf('townsquare'), name: 'town-square' },
          { id: idOf('duty'), name: 'duty' },
        ],
      },
    ],
    hook: { channel: 'town-square', locked: false, enabled: true },
    priorities: true,
    filesAllowed: true,
    editable: true,
  }
  const world: Inside = { state, posts: [], files: [], pending: new Map(), received: [], onPost }
  let fault: { what: Reply; at: RegExp; after: number } | undefined
  const server = createServer((request, response) => {
    void read(request).then((bytes) => {
      const { method = '', url = '', headers } = request
      const path = url.split('?')[0] ?? ''
      world.received.push({ method, path: url, headers, body: bytes.toString('latin1') })
      if (fault?.at.test(`${method} ${path}`) && --fault.after < 0) return reply(response, fault.what)
      const { status, value } = answer(world, method, path, headers.authorization, bytes)
      const isText = typeof value === 'string'
      response.writeHead(status, { 'content-type': isText ? 'text/plain' : 'application/json' })
      response.end(isText ? value : JSON.stringify(value))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    origin,
    url: `${origin}/hooks/${HOOK_KEY}`,
    state,
    posts: world.posts,
    files: world.files,
    received: world.received,
    fail(what, at = POSTING, after = 0) {
      fault = what === undefined ? undefined : { what, at, after }
    },
    async waitFor(count) {
      await until(() => world.posts.length >= count, 5_000, `${count} posts`)
      return world.posts
    },
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

interface Inside {
  readonly state: MattermostState
  readonly posts: MattermostPost[]
  readonly files: { id: string; channel: string; form: string }[]
  /** Posts by their pending id, as the server remembers them for 30 s. */
  readonly pending: Map<string, MattermostPost>
  readonly received: Received[]
  readonly onPost: (post: MattermostPost) => void
}

function answer(world: Inside, method: string, path: string, authorization: string | undefined, bytes: Buffer): Said {
  if (method === 'POST' && path.startsWith('/hooks/')) return hook(world, path, bytes)
  if (!path.startsWith('/api/v4/')) return ok('<html>Mattermost</html>')
  if (path === '/api/v4/system/ping') return ok({ status: 'OK' })
  if (authorization !== `Bearer ${BOT_TOKEN}`) return refuse(401, 'api.context.session_expired.app_error')
  const parts = path.slice('/api/v4/'.length).split('/').map(decodeURIComponent)
  if (method === 'GET') return lookUp(world.state, parts)
  if (path === '/api/v4/files') return upload(world, bytes)
  const body = JSON.parse(bytes.toString('utf8')) as Record<string, unknown>
  if (path === '/api/v4/channels/direct') return direct(world.state, body as unknown as string[])
  if (path === '/api/v4/posts') return post(world, body)
  return parts[0] === 'posts' && parts[2] === 'patch'
    ? edit(world, parts[1], body)
    : refuse(404, 'api.context.404.app_error')
}

function hook({ state, posts, onPost }: Inside, path: string, bytes: Buffer): Said {
  if (!state.hook.enabled) return refuse(501, 'web.incoming_webhook.disabled.app_error')
  if (path !== `/hooks/${HOOK_KEY}`) return refuse(400, 'web.incoming_webhook.invalid.app_error')
  const { text, channel = state.hook.channel } = JSON.parse(bytes.toString('utf8')) as {
    text?: string
    channel?: string
  }
  if (text === undefined || text === '') return refuse(400, 'web.incoming_webhook.text.app_error')
  if (channel.startsWith('@')) {
    if (!state.users.some(({ username }) => `@${username}` === channel))
      return refuse(400, 'web.incoming_webhook.user.app_error')
  } else if (channelNamed(state, channel) === undefined) return refuse(404, 'web.incoming_webhook.channel.app_error')
  if (state.hook.locked && channel !== state.hook.channel)
    return refuse(403, 'web.incoming_webhook.channel_locked.app_error')
  const id = idOf(`post${posts.length}`)
  const made: MattermostPost = { id, channel, message: text, rootId: '', fileIds: [], priority: '', by: 'hook' }
  posts.push(made)
  onPost(made)
  return ok('ok')
}

const channelNamed = (state: MattermostState, name: string) =>
  state.teams.flatMap(({ channels }) => channels).find((channel) => channel.name === name)

function lookUp({ users, teams }: MattermostState, parts: string[]): Said {
  const [what, second, third] = parts
  if (what === 'users' && second === 'me')
    return ok(
      third === 'teams'
        ? teams.map(({ id, name }) => ({ id, name }))
        : { id: idOf('bot'), username: 'nabat', is_bot: true },
    )
  if (what === 'users') {
    const user = users.find(({ username, email }) => (second === 'email' ? email : username) === third)
    if (user === undefined) return refuse(404, 'app.user.missing_account.const')
    return ok({ ...user, delete_at: user.deleted === true ? 1_700_000_000_000 : 0 })
  }
  const team = teams.find(({ id, name }) => (second === 'name' ? name === third : id === second))
  if (team === undefined) return refuse(404, 'app.team.get_by_name.missing.app_error')
  const channel = team.channels.find(({ name }) => name === parts.at(-1))
  return channel === undefined ? refuse(404, 'app.channel.get_by_name.missing.app_error') : ok(channel)
}

function direct({ users }: MattermostState, ids: string[]): Said {
  const user = users.find(({ id }) => id === ids[1])
  if (user === undefined || ids[0] !== idOf('bot')) return refuse(400, 'api.context.invalid_body_param.app_error')
  return ok({ id: idOf(`dm${user.username}`) }, 201)
}

function post(world: Inside, body: Record<string, unknown>): Said {
  const { state, posts, pending } = world
  const channel = String(body['channel_id'])
  const known = state.teams.flatMap(({ channels }) => channels).find(({ id }) => id === channel)
  if (known === undefined && !channel.startsWith('dm')) return refuse(400, 'api.context.invalid_param.app_error')
  if (known?.archived === true) return refuse(400, 'api.post.create_post.can_not_post_to_deleted.error')
  if (known?.closed === true) return refuse(403, 'api.context.permissions.app_error')
  const message = String(body['message'])
  if (Array.from(message).length > MAX_RUNES) return refuse(400, 'model.post.is_valid.message_length.app_error')
  const { root_id: rootId = '' } = body as { root_id?: string }
  const root = posts.find(({ id }) => id === rootId)
  if (rootId !== '' && (root === undefined || root.rootId !== ''))
    return refuse(400, 'api.post.create_post.root_id.app_error')
  const priority = (body['metadata'] as { priority: { priority: string } } | undefined)?.priority.priority ?? ''
  if (priority !== '' && !state.priorities)
    return refuse(403, 'api.post.post_priority.priority_post_not_allowed_for_user.request_error')
  if (priority !== '' && rootId !== '')
    return refuse(400, 'api.post.post_priority.priority_post_only_allowed_for_root_post.request_error')
  const fileIds = (body['file_ids'] ?? []) as string[]
  if (fileIds.length > MAX_FILES) return refuse(400, 'model.post.is_valid.file_ids.app_error')
  const key = String(body['pending_post_id'])
  const before = pending.get(key)
  if (before !== undefined) return ok({ id: before.id, message: before.message }, 201)
  const made = { id: idOf(`post${posts.length}`), channel, message, rootId, fileIds, priority, by: 'bot' as const }
  posts.push(made)
  world.onPost(made)
  pending.set(key, made)
  return ok({ id: made.id, message }, 201)
}

function edit({ state, posts, onPost }: Inside, id: string | undefined, body: Record<string, unknown>): Said {
  const found = posts.find((one) => one.id === id)
  if (found === undefined) return refuse(403, 'api.context.permissions.app_error')
  if (!state.editable) return refuse(400, 'api.post.update_post.permissions_time_limit.app_error')
  if (Array.from(String(body['message'])).length > MAX_RUNES)
    return refuse(400, 'model.post.is_valid.message_length.app_error')
  found.message = String(body['message'])
  onPost(found)
  return ok({ id, message: found.message })
}

function upload({ state, files }: Inside, bytes: Buffer): Said {
  if (!state.filesAllowed) return refuse(501, 'api.file.attachments.disabled.app_error')
  const form = bytes.toString('utf8')
  const channel = /name="channel_id"\r\n\r\n(.*)\r\n/.exec(form)?.[1] ?? ''
  const id = idOf(`file${files.length}`)
  files.push({ id, channel, form })
  return ok({ file_infos: [{ id }] }, 201)
}
