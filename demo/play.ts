import type { PostedEvent } from '@nabat/api/event.ts'
import type { DemoAction, DemoDone, DemoState } from '@nabat/api/demo.ts'
import type { User } from '@nabat/api/configuration.ts'
import { problem, type Problem } from '@nabat/api/text.ts'
import { DateTime } from 'luxon'
import type { Clock } from '../server/src/clock.ts'
import type { Configuration } from '../server/src/configuration/configuration.ts'
import type { WorkspaceView } from '../server/src/configuration/view.ts'
import type { Pipeline } from '../server/src/pipeline/pipeline.ts'
import { refusals } from '../server/test/standins/telegram-methods.ts'
import { CALM, deed, possible, type Case, type Effect } from './actions.ts'
import type { Outside } from './outside.ts'
import { PLACE_NAMES } from './place-names.ts'
import { INSTALLER, USERS, VISITOR } from './people.ts'

/** Telegram stays silent for so long, unless it is woken before. */
const SILENCE_MS = 60_000
/** A night begins so long ago, and lasts. */
const NIGHT = { before: { hours: 1 }, after: { hours: 8 } } as const

/** What the play needs of the server. */
export interface PlayParts {
  readonly view: WorkspaceView
  readonly pipeline: Pick<Pipeline, 'accept'>
  readonly configuration: Configuration
  readonly clock: Clock
  readonly outside: Outside
}

/** The story as it goes on: what the visitor has brought about, and what follows from it. */
export class Play {
  readonly #parts: PlayParts
  #now: Case
  #telegramDownUntil: number | null = null
  #wakeTelegram: () => void = () => {}
  #last: Promise<unknown> = Promise.resolve()

  constructor(parts: PlayParts) {
    this.#parts = parts
    // Whoever looks at it by night begins with a sleeping installer.
    this.#now = { ...CALM, night: isNight(DateTime.fromMillis(parts.clock.now(), { zone: parts.view.timeZone })) }
  }

  /** Where it stands. */
  get state(): DemoState {
    const until = this.#telegramDownUntil
    return {
      possible: possible(this.#now, until !== null),
      telegramDownUntil: until === null ? null : new Date(until).toISOString(),
      names: PLACE_NAMES,
    }
  }

  /** Makes something happen, once what was asked for before has; a problem where there is nothing to act on. */
  act(action: DemoAction): Promise<DemoDone | Problem> {
    const done = this.#last.then(() => this.#act(action))
    this.#last = done.catch(() => undefined)
    return done
  }

  async #act(action: DemoAction): Promise<DemoDone | Problem> {
    if (!this.state.possible.includes(action)) return NOTHING_TO_DO
    const { clock } = this.#parts
    const { says, events, after, effect } = deed(action, this.#now, clock.now())
    this.#now = after
    if (effect !== undefined) await this.#bring(effect)
    if (events.length === 0) return { says, events: [] }
    const [first, ...rest] = events
    // What brings the others about is noticed before them.
    const ids = await this.#post([first!])
    return { says, events: rest.length === 0 ? ids : [...ids, ...(await this.#post(rest))] }
  }

  async #post(events: readonly PostedEvent[]): Promise<readonly string[]> {
    const { pipeline, view } = this.#parts
    const result = await pipeline.accept(view, events, 'demo', () => '')
    if (!('events' in result)) throw new Error(JSON.stringify(result))
    return result.events.map(({ id }) => id)
  }

  async #bring(effect: Effect): Promise<void> {
    if ('quietHours' in effect) return this.#setHours(effect.quietHours)
    const { clock, outside } = this.#parts
    this.#wakeTelegram()
    if (effect.telegram === 'back') return
    const mend = outside.telegram.fail(refusals.broken)
    const cancel = clock.after(SILENCE_MS, () => void this.act('telegram-back').catch(() => undefined))
    this.#telegramDownUntil = clock.now() + SILENCE_MS
    this.#wakeTelegram = () => {
      mend()
      cancel()
      this.#telegramDownUntil = null
      this.#wakeTelegram = () => {}
    }
  }

  /** The installer's card, as somebody would change it in the console. */
  async #setHours(which: 'now' | 'usual'): Promise<void> {
    const { configuration, view, clock } = this.#parts
    const row = view.rowByKey('users', INSTALLER)
    if (row === undefined) return
    const now = DateTime.fromMillis(clock.now(), { zone: view.timeZone })
    const { quietHours: usual, ...card } = JSON.parse(row.body) as User
    const own = USERS.find(({ login }) => login === INSTALLER)?.quietHours ?? usual
    const hour = (at: DateTime): string => at.toFormat('HH:mm')
    const quietHours =
      which === 'now'
        ? { from: hour(now.minus(NIGHT.before)), to: hour(now.plus(NIGHT.after)) }
        : isNight(now)
          ? undefined
          : own
    const entity = quietHours === undefined ? card : { ...card, quietHours }
    const saved = await configuration.save(
      view,
      [{ section: 'users', id: row.id, entity, path: '', origin: row.origin }],
      VISITOR,
    )
    if ('problems' in saved) throw new Error(JSON.stringify(saved.problems))
  }
}

const isNight = ({ hour }: DateTime): boolean => hour >= 22 || hour < 8

const NOTHING_TO_DO = problem(
  '',
  'Сейчас это ничего не изменит: обновите страницу и посмотрите, что уже случилось',
  'That would change nothing now: reload the page and look what has happened already',
)
