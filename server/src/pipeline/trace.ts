/*
 * The trace of an event, one compact value: what routing saw, so that "why did I (not) get it" can be answered years
 * later. Only what cannot be worked out again is kept: the configuration's version, the rules that matched, for each
 * refused rule of the type the part of the condition that failed, and what became of recipients that gave no delivery.
 * Rules that name other types follow from the version when the trace is read (explain.ts).
 */

/** As stored: JSON of this, fields left out when empty. */
export interface Trace {
  /** Version of the configuration. */
  readonly v: number
  /** Ids of the rules that matched, by position. */
  readonly m?: readonly number[]
  /** Refused rules: [verdict, rule, rule, …] grouped by verdict. */
  readonly r?: readonly (readonly number[])[]
  /** Destinations another rule tells already: [rule, winning rule, label]. */
  readonly a?: readonly (readonly [number, number, string])[]
  /** Names that led to nobody: [rule, name, reason]. */
  readonly n?: readonly (readonly [number, string, string])[]
  /** Silences that kept a delivery back: [delivery, silence]. */
  readonly s?: readonly (readonly [string, string])[]
}

/** Groups refusals by their verdict: rules of one shape fail at the same part. */
export function packRefused(refused: readonly (readonly [{ readonly id: number }, number])[]): number[][] {
  const groups = new Map<number, number[]>()
  for (const [{ id }, verdict] of refused) {
    const group = groups.get(verdict)
    if (group === undefined) groups.set(verdict, [verdict, id])
    else group.push(id)
  }
  return [...groups.values()]
}

/** The JSON of a trace, without its empty lists. */
export function packTrace(trace: Trace): string {
  const full = Object.entries(trace).filter(([, value]) => !Array.isArray(value) || value.length > 0)
  return JSON.stringify(Object.fromEntries(full))
}
