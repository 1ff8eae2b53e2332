import type { ChannelSettings } from '@nabat/api/channel.ts'
import { deferred, rejected, sent, type Address, type Outcome } from '../../pipeline/outcome.ts'
import type { AttachedFile, Call, Channel, Message, World } from '../channel.ts'
import { messageStage, reach, stage } from '../reach.ts'
import { idIn, openApi, type Api, type Failure } from './api.ts'
import { onePostOf, postsOf } from './text.ts'

/*
 * Posting as a bot account. Where to post is found once and kept: a personal message goes to the direct channel of the
 * bot and the person, which Mattermost makes when it is asked for the first time.
 */

type BotSettings = ChannelSettings<'mattermost'> & { readonly server: string; readonly token: string }

/** Files of one post; the server takes ten, older ones five. */
const MAX_FILES = 5
/** Addresses whose channel is remembered; one is about 100 bytes. */
const MAX_KNOWN = 10_000

const CHANNEL_ID = /^[a-z0-9]{26}$/

/** A way out through a bot account. */
export function openBot(settings: BotSettings, world: World): Channel {
  const api = openApi(settings, world)
  const bot = new Bot(api)
  return {
    attempt: (message, to, call) =>
      call.action === 'edit' ? bot.edit(message, to, call) : bot.send(message, to, call),
    async *check(to, message, signal) {
      if (!(yield* reach(settings.server, { proxy: settings.proxy }, signal))) return
      const me = await api.get('login', '/users/me', signal)
      if ('outcome' in me) {
        const said = 'detail' in me.outcome ? `${me.outcome.reason}: ${me.outcome.detail}` : ''
        yield stage('login', false, `токен не принят: ${said}`, `the token was not accepted: ${said}`)
        return
      }
      const name = String(me.value['username'])
      yield stage('login', true, `бот @${name}`, `the bot is @${name}`)
      if (to === undefined || message === undefined) return
      yield messageStage(await bot.send(message, to, { signal, action: 'send', attempt: 1 }))
    },
    close: () => api.close(),
  }
}

interface Uploaded {
  readonly ids: string[]
  readonly left: string[]
  readonly note: string | undefined
}

class Bot {
  readonly #api: Api
  /** Address → channel id. */
  readonly #known = new Map<string, string>()
  #id: string | undefined
  /** Whether the server takes priorities; asked by trying, there is no other way for a bot. */
  #priority = true

  constructor(api: Api) {
    this.#api = api
  }

  async send(message: Message, to: Address, call: Call): Promise<Outcome> {
    const key = JSON.stringify(to)
    const known = this.#known.get(key)
    const first = await this.#sendTo(known ?? (await this.#find(to, call.signal)), message, call)
    if (known === undefined || first.verdict !== 'rejected' || first.health.state !== 'invalid') return first
    // The channel we remember is gone, perhaps another has its name now.
    this.#known.delete(key)
    const now = await this.#find(to, call.signal)
    return now === known ? first : this.#sendTo(now, message, call)
  }

  async edit(message: Message, to: Address, call: Call): Promise<Outcome> {
    const [id] = call.earlier?.messageIds ?? []
    if (id === undefined) return this.send(message, to, call)
    const body = { message: onePostOf(message) }
    const edited = await this.#api.send('edit', 'PUT', `/posts/${encodeURIComponent(id)}/patch`, body, call.signal)
    if (!('outcome' in edited)) return sent(call.earlier?.messageIds)
    const { outcome } = edited
    // Deleted, or too old to be edited: what it would have said must be said all the same.
    if (outcome.verdict === 'rejected' && outcome.reason === 'edit_gone') return this.send(message, to, call)
    return outcome
  }

  async #sendTo(channel: string | Failure, message: Message, call: Call): Promise<Outcome> {
    if (typeof channel !== 'string') return notBegun(channel.outcome)
    const files = await this.#upload(channel, message.attachments, call.signal)
    if ('outcome' in files) return notBegun(files.outcome)
    const ids: string[] = []
    for (const [index, text] of postsOf(message, files.left).entries()) {
      const posted = await this.#post(
        {
          channel_id: channel,
          message: text,
          // The server knows it for 30 s: a retry after a lost answer gives the first post back and makes no second one.
          pending_post_id: `nabat:${message.deliveryId}:${index}`,
          ...(call.earlier?.messageIds[0] !== undefined && { root_id: call.earlier.messageIds[0] }),
          ...(index === 0 && files.ids.length > 0 && { file_ids: files.ids }),
          ...(index === 0 && message.severity === 'critical' && { metadata: { priority: { priority: 'important' } } }),
        },
        call.signal,
      )
      if (typeof posted !== 'string')
        // The beginning stands in the channel already: a retry may repeat it.
        return posted.verdict === 'deferred' && index > 0 ? { ...posted, ambiguous: true } : posted
      ids.push(posted)
    }
    return sent(ids, files.note)
  }

  /** The id of the new post. What the server refuses although the message could do without it is left out. */
  async #post(post: Record<string, unknown>, signal: AbortSignal): Promise<string | Outcome> {
    // Replies cannot have a priority.
    const { metadata, ...rest } = post
    const body = this.#priority && rest['root_id'] === undefined ? post : rest
    const posted = await this.#api.send('post', 'POST', '/posts', body, signal)
    const id = idIn(posted)
    if (typeof id === 'string') return id
    const { refusalId } = id
    if ('metadata' in body && metadata !== undefined && refusalId.includes('post_priority')) {
      this.#priority = false
      return this.#post(rest, signal)
    }
    if (rest['root_id'] !== undefined && refusalId.includes('root_id')) {
      const { root_id: _, ...alone } = post
      return this.#post(alone, signal)
    }
    return id.outcome
  }

  /** Ids of the files that are there now, the names of those that are not, and why. The message matters more. */
  async #upload(channel: string, files: readonly AttachedFile[], signal: AbortSignal): Promise<Uploaded | Failure> {
    const ids: string[] = []
    const left: string[] = []
    const notes = new Set<string>()
    const leave = (name: string, note: string): void => {
      left.push(name)
      notes.add(note)
    }
    for (const file of files) {
      const bytes = ids.length < MAX_FILES ? await file.read().catch(() => 'file_lost') : 'file_refused'
      if (typeof bytes === 'string') {
        leave(file.name, bytes)
        continue
      }
      const id = idIn(await this.#api.upload(channel, file, bytes, signal))
      if (typeof id === 'string') ids.push(id)
      else if (id.outcome.verdict === 'deferred' && id.outcome.reason !== 'misconfigured') return id
      else leave(file.name, 'file_refused')
    }
    return { ids, left, note: notes.size === 0 ? undefined : [...notes].join(',') }
  }

  async #find(to: Address, signal: AbortSignal): Promise<string | Failure> {
    const chat = String(to['chat'] ?? '')
    if (CHANNEL_ID.test(chat)) return chat
    const found =
      to['address'] !== undefined
        ? await this.#direct(`/users/email/${encodeURIComponent(String(to['address']))}`, signal)
        : chat.startsWith('@')
          ? await this.#direct(`/users/username/${encodeURIComponent(chat.slice(1))}`, signal)
          : await this.#channel(chat, signal)
    if (typeof found !== 'string') return found
    if (this.#known.size >= MAX_KNOWN) this.#known.clear()
    this.#known.set(JSON.stringify(to), found)
    return found
  }

  /** The direct channel with the person that `path` names. */
  async #direct(path: string, signal: AbortSignal): Promise<string | Failure> {
    const me = this.#id ?? (await this.#idOf('login', '/users/me', signal))
    if (typeof me !== 'string') return me
    this.#id = me
    const user = await this.#api.get('user', path, signal)
    if ('outcome' in user) return user
    if (Number(user.value['delete_at'] ?? 0) > 0)
      return failed(rejected('blocked', 'the account is deactivated', { of: 'destination', state: 'invalid' }))
    const channel = await this.#api.send('channel', 'POST', '/channels/direct', [me, user.value['id']], signal)
    return idIn(channel)
  }

  /** `team/channel`, or a channel of any team the bot is in. */
  async #channel(chat: string, signal: AbortSignal): Promise<string | Failure> {
    const [team, name] = chat.split('/')
    if (name !== undefined) return this.#idOf('channel', `/teams/name/${team}/channels/name/${name}`, signal)
    const teams = await this.#api.get('login', '/users/me/teams', signal)
    if ('outcome' in teams) return teams
    let last = failed(
      deferred('misconfigured', 'the bot is in no team: invite it, or name the channel as team/channel', {
        of: 'destination',
        state: 'fine',
      }),
    )
    for (const one of Object.values(teams.value) as { id?: unknown }[]) {
      const found = await this.#idOf('channel', `/teams/${String(one.id)}/channels/name/${chat}`, signal)
      if (typeof found === 'string') return found
      last = found
      if (found.outcome.verdict === 'deferred') return found
    }
    return last
  }

  async #idOf(step: 'login' | 'channel', path: string, signal: AbortSignal): Promise<string | Failure> {
    return idIn(await this.#api.get(step, path, signal))
  }
}

const failed = (outcome: Outcome): Failure => ({ outcome, refusalId: '' })

/** Looking up and uploading post nothing, so a retry cannot repeat anything. */
function notBegun(outcome: Outcome): Outcome {
  if (outcome.verdict !== 'deferred') return outcome
  const { ambiguous: _, ...rest } = outcome
  return rest
}
