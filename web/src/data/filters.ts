import { useCallback } from 'react'
import { useSearchParams } from 'react-router'

/** Filters of a list; they stand in the page's address, so that it can be kept and sent to somebody. */
export interface Filters<Name extends string> {
  readonly values: Readonly<Partial<Record<Name, string>>>
  readonly set: (name: Name, value: string | null) => void
  /** Sets several at once: a second `set` in the same moment would not know of the first. */
  readonly put: (values: Readonly<Partial<Record<Name, string | null>>>) => void
  readonly clear: () => void
  readonly any: boolean
}

/** The filters of a page by these names. */
export function useFilters<const Name extends string>(names: readonly Name[]): Filters<Name> {
  const [search, setSearch] = useSearchParams()
  const given = names.flatMap((name) => {
    const value = search.get(name)
    return value === null || value === '' ? [] : [[name, value] as const]
  })
  const put = useCallback(
    (changed: Readonly<Partial<Record<Name, string | null>>>) =>
      setSearch(
        (before) => {
          const after = new URLSearchParams(before)
          for (const [name, value] of Object.entries<string | null | undefined>(changed))
            if (value === null || value === undefined || value === '') after.delete(name)
            else after.set(name, value)
          return after
        },
        { replace: true },
      ),
    [setSearch],
  )
  return {
    values: Object.fromEntries(given) as Partial<Record<Name, string>>,
    set: useCallback(
      (name: Name, value: string | null) => put({ [name]: value } as Partial<Record<Name, string | null>>),
      [put],
    ),
    put,
    clear: useCallback(() => setSearch({}, { replace: true }), [setSearch]),
    any: given.length > 0,
  }
}
