/*
 * A life as data: what happens to a company and its node, step by step. It is made from a seed, and can be made smaller by
 * leaving things out (shrink.ts): each step and each misfortune has a name of its own, which stays when others go.
 */
import { changeOf } from './changes.ts'
import { FIRST_COMPANY, edited, type Company, type Edit, type MadeEvent } from './company.ts'
import { dice, diceAt, type Dice } from './random.ts'

/** One thing that happens; then `waitMs` of virtual time pass. */
export type Step = { readonly name: string; readonly waitMs: number } & (
  | { readonly do: 'nothing' }
  /** Clients post; `together`: in one request. Some of what got no answer is posted again. */
  | { readonly do: 'post'; readonly events: readonly MadeEvent[]; readonly together: boolean }
  /** Somebody saves the configuration; `meanwhile` is posted before the save is answered. */
  | {
      readonly do: 'save'
      readonly says: string
      readonly edits: readonly Edit[]
      readonly meanwhile: readonly MadeEvent[]
    }
  /** The process dies at its `call`-th call of store or network from now, before or after the call had its effect. */
  | { readonly do: 'crash'; readonly call: number; readonly effect: boolean; readonly downMs: number }
  /** The process stands still (SIGSTOP) at its `call`-th call from now, for so long. */
  | { readonly do: 'stand'; readonly call: number; readonly ms: number }
  /** A node does not reach the store for so long; `effect`: its next write happens, and the answer is lost. */
  | { readonly do: 'cut'; readonly ms: number; readonly effect: boolean }
  /** A node is stopped in order, and started again after so long. */
  | { readonly do: 'leave'; readonly downMs: number }
  /** For so long the store refuses this share of all writes. */
  | { readonly do: 'refuse'; readonly ms: number; readonly share: number }
  /** For so long the disk is full: a transaction that needs room fails in its middle. */
  | { readonly do: 'full'; readonly ms: number }
  /** For so long nobody is reached through a channel. */
  | { readonly do: 'outage'; readonly channel: string; readonly ms: number }
  /** Somebody cancels, tries again, acknowledges or reads. */
  | { readonly do: 'hand'; readonly act: Act }
)

/** What people do to deliveries and incidents; `read`: they look into their inbox. */
const ACTS = ['cancel', 'retry', 'acknowledge', 'read', 'read'] as const
export type Act = (typeof ACTS)[number]

export interface Life {
  readonly seed: number
  /** Nodes that share the store; null: the one process of an embedded store. */
  readonly nodes: number | null
  /** Virtual time at the beginning. */
  readonly begin: number
  /** How often a provider fails, of 1. */
  readonly trouble: number
  readonly steps: readonly Step[]
  /** Misfortunes that are left out, by name. */
  readonly spared: ReadonlySet<string>
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** Ordinary days, and evenings before the clock changes: Berlin in spring and autumn, and the turn of the year. */
const BEGINNINGS = [
  '2026-03-14T15:00Z',
  '2026-03-28T19:00Z',
  '2026-10-24T19:00Z',
  '2026-06-10T04:00Z',
  '2026-12-31T17:00Z',
]
const CHANNELS = ['bot', 'other', 'hook', 'mail', 'post', 'spare']

/** Every fifth life is one of several nodes. */
const SEVERAL_EVERY = 5
/** Their beats are simulated one by one, so their lives are shorter. */
const SEVERAL_PAUSE = 2 * MINUTE

/** The life of a seed. */
export function lifeOf(seed: number): Life {
  return seed % SEVERAL_EVERY === 0 ? severalOf(oneOf(seed)) : oneOf(seed)
}

/** A life with more nodes, and with what happens to nodes. */
function severalOf(life: Life): Life {
  const random = diceAt(life.seed, 'nodes')
  const nodes = random.pick([1, 2, 2, 3, 3, 3])
  const steps = life.steps.flatMap((step): Step[] => {
    const shorter = { ...step, waitMs: Math.min(step.waitMs, random.whole(MINUTE / 4, SEVERAL_PAUSE)) }
    const name = `n${step.name}`
    return random.chance(0.25) ? [shorter, { name, waitMs: random.whole(1, 20_000), ...ofNode(random) }] : [shorter]
  })
  return { ...life, nodes, steps }
}

type OfNode =
  | { do: 'crash'; call: number; effect: boolean; downMs: number }
  | { do: 'stand'; call: number; ms: number }
  | { do: 'cut'; ms: number; effect: boolean }
  | { do: 'leave'; downMs: number }

function ofNode(random: Dice): OfNode {
  const ms = random.pick([random.whole(10, 10_000), random.whole(10_000, 90_000), random.whole(MINUTE, 6 * MINUTE)])
  switch (random.pick(['crash', 'stand', 'stand', 'cut', 'cut', 'leave'])) {
    case 'crash':
      return { do: 'crash', call: random.whole(1, 60), effect: random.chance(0.5), downMs: ms }
    case 'stand':
      return { do: 'stand', call: random.whole(1, 40), ms }
    case 'cut':
      return { do: 'cut', ms, effect: random.chance(0.5) }
    default:
      return { do: 'leave', downMs: ms }
  }
}

function oneOf(seed: number): Life {
  const random = dice(seed)
  const begin = Date.parse(random.pick(BEGINNINGS)) + random.whole(0, 3 * 60) * MINUTE + random.whole(0, MINUTE - 1)
  const trouble = random.pick([0, 0, 0.03, 0.1, 0.3])
  const unquiet = random.pick([0, 0.1, 0.3])
  const steps: Step[] = []
  let company: Company = FIRST_COMPANY
  let now = begin
  let made = 0
  const events = (count: number): MadeEvent[] => Array.from({ length: count }, () => madeEvent(random, (made += 1)))
  for (let n = random.whole(8, 22); n > 0; n -= 1) {
    // What waits for a channel that is off is looked at every 15 s, which takes its time to simulate.
    const off = company.channels.some(({ enabled }) => enabled === false)
    const about = { name: `${steps.length + 1}`, waitMs: Math.min(pause(random), off ? 2 * MINUTE : Infinity) }
    let step: Step = { ...about, do: 'post', events: events(random.whole(0, 4)), together: random.chance(0.5) }
    if (random.chance(0.03)) step = { ...about, do: 'post', events: storm(random, (made += 100)), together: true }
    else if (random.chance(unquiet)) step = { ...about, ...misfortune(random) }
    else if (random.chance(off ? 0.5 : 0.2)) {
      const change = changeOf(random, company, now)
      company = edited(company, change.edits)
      step = { ...about, do: 'save', ...change, meanwhile: events(random.whole(0, 2)) }
    }
    steps.push(step)
    now += about.waitMs
  }
  return { seed, nodes: null, begin, trouble, steps, spared: new Set() }
}

/** Mostly seconds; sometimes long enough for lifetimes, hours of rest and digests to end. */
function pause(random: Dice): number {
  if (random.chance(0.12)) return random.whole(1, 3 * HOUR)
  return random.chance(0.3) ? random.whole(1, 10 * MINUTE) : random.whole(1, 5_000)
}

function misfortune(
  random: Dice,
):
  | { do: 'crash'; call: number; effect: boolean; downMs: number }
  | { do: 'refuse'; ms: number; share: number }
  | { do: 'full'; ms: number }
  | { do: 'outage'; channel: string; ms: number }
  | { do: 'hand'; act: Act } {
  switch (random.pick(['crash', 'crash', 'crash', 'refuse', 'refuse', 'full', 'outage', 'hand', 'hand'])) {
    case 'crash':
      return { do: 'crash', call: random.whole(1, 60), effect: random.chance(0.5), downMs: random.whole(10, MINUTE) }
    case 'refuse':
      return { do: 'refuse', ms: random.whole(100, 2 * MINUTE), share: random.pick([0.3, 0.7, 1]) }
    case 'full':
      return { do: 'full', ms: random.whole(100, 2 * MINUTE) }
    case 'outage':
      return { do: 'outage', channel: random.pick(CHANNELS), ms: random.whole(1_000, 10 * MINUTE) }
    default:
      return { do: 'hand', act: random.pick(ACTS) }
  }
}

/** Something that happens. Cameras and servers are few, so that their incidents open and close again. */
function madeEvent(random: Dice, n: number): MadeEvent {
  const severity = random.pick(['info', 'warning', 'warning', 'critical'] as const)
  const camera = `cam-${random.whole(1, 3)}`
  const server = `srv-${random.whole(1, 2)}`
  const [type, data] = random.pick<readonly [string, Record<string, unknown>]>([
    ['camera.unavailable', { camera }],
    ['camera.available', { camera }],
    ['camera.unavailable', { camera }],
    ['server.unavailable', { server }],
    ['server.available', { server }],
    ['workorder.assigned', { workorder: `w${n}`, assignees: random.chance(0.8) ? ['boris'] : [] }],
    ['workorder.commented', { workorder: `w${n % 5}`, comment: 'ok' }],
    ['call.missed', { call: `c${n}`, caller: '+79161234567' }],
  ])
  return { id: `e${n}`, type, severity, subject: `s${n % 3}`, data }
}

/**
 * Everything at once: more than the budget of a chat lets through in minutes, with critical events at its end. At times it
 * is one thing over and over, as a loop makes it.
 */
function storm(random: Dice, n: number): MadeEvent[] {
  const loop = random.chance(0.2)
  const size = loop ? 80 : random.whole(25, 60)
  const [type, field] = random.pick([
    ['camera.unavailable', 'camera'],
    ['server.unavailable', 'server'],
  ] as const)
  return Array.from({ length: size }, (_, at) => ({
    id: `e${n}.${at}`,
    type,
    severity: at >= size - 2 ? 'critical' : 'warning',
    subject: `s${at}`,
    data: { [field]: loop ? `${field}-${n}` : `${field}-${n}-${at}` },
  }))
}
