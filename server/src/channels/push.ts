import type { ChannelSettings } from '@nabat/api/channel.ts'
import { problem, type Problem } from '@nabat/api/text.ts'
import { deferred, rejected, sent, type Outcome } from '../pipeline/outcome.ts'
import type { Channel, ChannelKind, World } from './channel.ts'
import { shownPush, topicOf } from './push/payload.ts'
import { Pusher, type Pushed } from './push/send.ts'
import { personalAddress } from './personal-address.ts'
import { messageStage } from './reach.ts'

/*
 * Web push: messages to the browsers of people, also when the console is closed. Where a message goes is a person; all
 * devices of theirs get it, and it is sent when any of them took it.
 * https://www.rfc-editor.org/rfc/rfc8030, rfc8291 (encryption), rfc8292 (who we are)
 */

type Settings = ChannelSettings<'push'>

const CONNECTIONS = 50
/** A person has a few devices, each with its push service. */
const DEADLINE_MS = 15_000

/** Browsers of people. An edit is another push that takes the place of the one before it. */
export const push: ChannelKind<'push'> = {
  kind: 'push',
  medium: 'short',
  knowsRead: true,
  problems,
  missing: () => [],
  address: personalAddress({
    where: { ru: 'push приходит в браузеры человека', en: 'push goes to the browsers of a person' },
    whose: { ru: 'чьи это браузеры', en: 'whose browsers' },
  }),
  show: ({ user }) => String(user),
  shows: shownPush,
  limits: () => ({ connections: CONNECTIONS, perDestination: 1, deadlineMs: DEADLINE_MS }),
  budgets: () => [],
  owner: (_settings, channelId) => `channel:${channelId}`,
  open: (settings, world) => Promise.resolve(openPush(settings, world)),
}

function problems({ proxy }: Settings): Problem[] {
  if (proxy === undefined || (URL.canParse(proxy) && /^(https?|socks5):$/.test(new URL(proxy).protocol))) return []
  return [
    problem(
      '/proxy',
      'proxy: нужен адрес с http://, https:// или socks5://',
      'proxy: give an address with http://, https:// or socks5://',
    ),
  ]
}

function openPush({ proxy }: Settings, { push: given, clock }: World): Channel {
  if (given === undefined) throw new Error('the push channel was opened without devices')
  const pusher = new Pusher(given, clock, proxy)
  const attempt: Channel['attempt'] = async (message, { user, device }, { signal, expiresAt }) => {
    if (signal.aborted) return deferred('cancelled', 'the process is stopping', { of: 'channel', state: 'fine' })
    const login = String(user)
    const { devices: all, ...person } = await given.reach(login)
    // One alone is named by its test.
    const devices = device === undefined ? all : all.filter(({ id }) => id === device)
    const to = { ...person, login }
    const pushed = await Promise.all(devices.map((each) => pusher.push(each, message, to, expiresAt, signal)))
    const gone = devices.filter((_, index) => pushed[index] === 'gone').map(({ id }) => id)
    if (gone.length > 0) await given.gone(login, gone)
    return outcomeOf(pushed, topicOf(message, to))
  }
  return {
    attempt,
    async *check(to, message, signal) {
      if (to === undefined || message === undefined) return
      yield messageStage(await attempt(message, to, { signal, action: 'send', attempt: 1 }))
    },
    close: () => pusher.close(),
  }
}

/** What it came to over all devices. */
function outcomeOf(all: readonly Pushed[], topic: string): Outcome {
  const pushed = all.filter((each) => each !== 'gone')
  if (pushed.length === 0)
    return rejected(
      'no_device',
      all.length === 0 ? 'there are no devices' : `the browsers have withdrawn (${all.length})`,
      { of: 'destination', state: 'fine' },
    )
  if (pushed.some(({ verdict }) => verdict === 'sent')) return sent([topic])
  const waiting = pushed.filter((each) => each.verdict === 'deferred')
  const [first] = waiting
  if (first === undefined) return pushed[0]!
  // The one that may be tried again soonest says when.
  const waits = waiting.map(({ retryAfterMs }) => retryAfterMs ?? 0)
  const soonest = Math.min(...waits)
  return {
    ...waiting[waits.indexOf(soonest)]!,
    ...(waiting.some(({ ambiguous }) => ambiguous === true) && { ambiguous: true }),
  }
}
