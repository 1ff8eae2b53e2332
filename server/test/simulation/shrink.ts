/*
 * A life that fails made smaller: steps, events and misfortunes are left out as long as it still fails in the same way.
 * What is left is told as a list of what happened.
 */
import { lifeOf, type Life, type Step } from './life.ts'
import { live, type Report, type Sabotage } from './simulation.ts'

/** What is wrong without the ids and times that differ between lives: the kind of failure. */
const kindOf = (sentence: string): string =>
  sentence.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '#').replace(/\(.*?\)|\S*\d\S*/g, '#')

/** Lives that shrinking tries at most. */
const TRIES = 600

export interface Smallest {
  readonly life: Life
  readonly report: Report
}

/** The smallest life found that fails as the life of a seed does; null when that does not fail. */
export async function shrink(seed: number, sabotage?: Sabotage): Promise<Smallest | null> {
  let life = lifeOf(seed)
  let report = await live(life, sabotage)
  const [first] = report.wrong
  if (first === undefined) return null
  const kind = kindOf(first)
  let tries = 0
  const failing = async (smaller: Life): Promise<boolean> => {
    if ((tries += 1) > TRIES) return false
    const found = await live(smaller, sabotage).catch(() => null)
    if (found === null || !found.wrong.some((each) => kindOf(each) === kind)) return false
    life = smaller
    report = found
    return true
  }
  for (let before = Infinity; sizeOf(life, report) < before;) {
    before = sizeOf(life, report)
    await fewer(
      () => life.steps,
      (steps) => failing({ ...life, steps }),
    )
    await fewer(
      () => report.struck,
      (struck, all) =>
        failing({ ...life, spared: new Set([...life.spared, ...all.filter((name) => !struck.includes(name))]) }),
    )
    for (const { name } of life.steps) await fewerEvents(() => life, name, failing)
  }
  return { life, report }
}

const sizeOf = ({ steps }: Life, { struck, events }: Report): number => steps.length + struck.length + events

/** Leaves parts of a list out, halves first and single ones last, as long as `failing` with what is left. */
async function fewer<T>(
  list: () => readonly T[],
  failing: (left: readonly T[], all: readonly T[]) => Promise<boolean>,
): Promise<void> {
  for (let part = Math.ceil(list().length / 2); part >= 1; part = part === 1 ? 0 : Math.ceil(part / 2)) {
    for (let at = 0; at < list().length;) {
      const all = list()
      if (!(await failing([...all.slice(0, at), ...all.slice(at + part)], all))) at += part
    }
  }
}

/** Leaves out events of one step. */
async function fewerEvents(
  life: () => Life,
  name: string,
  failing: (smaller: Life) => Promise<boolean>,
): Promise<void> {
  const replaced = (one: Step): Life => ({
    ...life(),
    steps: life().steps.map((step) => (step.name === name ? one : step)),
  })
  const step = (): Step => life().steps.find((each) => each.name === name)!
  const { do: what } = step()
  if (what === 'post')
    await fewer(
      () => (step() as Extract<Step, { do: 'post' }>).events,
      (events) => failing(replaced({ ...(step() as Extract<Step, { do: 'post' }>), events })),
    )
  else if (what === 'save')
    await fewer(
      () => (step() as Extract<Step, { do: 'save' }>).meanwhile,
      (meanwhile) => failing(replaced({ ...(step() as Extract<Step, { do: 'save' }>), meanwhile })),
    )
}

/** A life as people read it: what happened when, and what is wrong with it. */
export function tell({ life, report }: Smallest): string {
  const lines = report.story.map(({ at, says }) => `  ${new Date(at).toISOString()} ${says}`)
  return [
    `seed ${life.seed}, ${life.steps.length} steps, ${report.events} events, ${report.struck.length} misfortunes:`,
    ...lines,
    ...report.wrong.slice(0, 10).map((each) => `  WRONG: ${each}`),
  ].join('\n')
}
