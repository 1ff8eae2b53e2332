/** Which rows are ticked: some by their ids, or all that fit the filters. */
export interface Selection {
  readonly all: boolean
  readonly ids: ReadonlySet<string>
}

/** Nothing is ticked. */
export const NOTHING: Selection = { all: false, ids: new Set() }

/** Everything that fits the filters. */
export const EVERYTHING: Selection = { all: true, ids: new Set() }

/** Whether a row is ticked. */
export const isTicked = ({ all, ids }: Selection, id: string): boolean => all || ids.has(id)

/** The selection with one row ticked or unticked. After all that fit, unticking one begins with nothing again. */
export function toggled(selection: Selection, id: string): Selection {
  if (selection.all) return NOTHING
  const ids = new Set(selection.ids)
  if (!ids.delete(id)) ids.add(id)
  return { all: false, ids }
}

/** The selection with these rows ticked as well. */
export const withAll = ({ ids }: Selection, more: readonly string[]): Selection => ({
  all: false,
  ids: new Set([...ids, ...more]),
})
