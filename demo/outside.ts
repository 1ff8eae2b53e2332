import type { Clock } from '../server/src/clock.ts'
import { startMail, type MailLetter, type MailStandIn } from '../server/test/standins/mail.ts'
import { startMattermost, type MattermostPost, type MattermostStandIn } from '../server/test/standins/mattermost.ts'
import type { TelegramMessage } from '../server/test/standins/telegram-methods.ts'
import { startTelegram, type TelegramStandIn } from '../server/test/standins/telegram.ts'

/*
 * The world outside of the company: stand-ins for Telegram, a mail server and Mattermost on the loopback address, and what
 * has arrived there since the demonstration began.
 */

/** Something that came or was changed; `at` in milliseconds since 1970. */
export type Arrived = { at: number } & (
  | { readonly medium: 'telegram'; readonly message: TelegramMessage }
  | { readonly medium: 'mail'; readonly letter: MailLetter }
  | { readonly medium: 'mattermost'; readonly post: MattermostPost; readonly edits: string[]; last: string }
)

/** More is not kept: the oldest is forgotten first. */
const MOST = 300

/** Everything outside. */
export interface Outside {
  readonly telegram: TelegramStandIn
  readonly mail: MailStandIn
  readonly mattermost: MattermostStandIn
  /** By an id of its own, in the order of the latest change. */
  readonly arrived: ReadonlyMap<string, Arrived>
  close(): Promise<void>
}

/** Starts it. `goesOn`: chats have messages of an earlier time, whose numbers must not be those of others now. */
export async function startOutside(clock: Clock, goesOn: boolean): Promise<Outside> {
  const arrived = new Map<string, Arrived>()
  const put = (id: string, one: Arrived): void => {
    // What was changed is the newest again.
    arrived.delete(id)
    arrived.set(id, one)
    const [oldest] = arrived.keys()
    if (arrived.size > MOST && oldest !== undefined) arrived.delete(oldest)
  }
  let letters = 0
  const telegram = await startTelegram({
    // No chat gets a message a second for all of its time.
    ...(goesOn ? { firstMessage: Math.floor(clock.now() / 1000) } : {}),
    onMessage: (message) => put(`telegram-${message.messageId}`, { medium: 'telegram', at: clock.now(), message }),
  })
  const mail = await startMail({
    onLetter: (letter) => put(`mail-${(letters += 1)}`, { medium: 'mail', at: clock.now(), letter }),
  })
  const mattermost = await startMattermost({
    onPost: (post) => {
      const id = `mattermost-${post.id}`
      const known = arrived.get(id)
      const edits = known?.medium === 'mattermost' ? [...known.edits, known.last] : []
      put(id, { medium: 'mattermost', at: clock.now(), post, edits, last: post.message })
    },
  })
  mattermost.state.hook.channel = 'support'
  mattermost.state.teams[1]!.channels.push({ id: 'support'.padEnd(26, '0'), name: 'support' })
  for (const username of ['lebedeva', 'zaitsev'])
    mattermost.state.users.push({ id: username.padEnd(26, '0'), username, email: `${username}@sever-dozor.example` })
  return {
    ...{ telegram, mail, mattermost, arrived },
    async close() {
      await Promise.all([telegram.close(), mail.close(), mattermost.close()])
    },
  }
}
