import type { Topic } from '@nabat/api/live.ts'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { call, type CallOptions } from './api.ts'
import { useChanged } from './live.ts'
import { queries } from './queries.ts'

interface Page<Row> {
  readonly items: readonly Row[]
  readonly next: string | null
}

/** A list that pages by cursor, as far as it has been read. */
export interface List<Row> {
  readonly rows: readonly Row[]
  /** Nothing is known yet. */
  readonly loading: boolean
  readonly error: unknown
  readonly hasMore: boolean
  readonly loadingMore: boolean
  readonly more: () => void
  readonly again: () => void
  /** Something has changed that is not shown: the list has been read too far to ask for all of it anew. */
  readonly behind: boolean
  /** Begins again at the top. */
  readonly refresh: () => void
}

const PAGE = 100
/** Lists read no further than this follow by themselves. */
const FOLLOWED_PAGES = 3
/** In a storm a list is asked for this often, milliseconds: quicker nobody reads, and an answer must get in between. */
const FOLLOW_EVERY_MS = 1_000

/**
 * A list of the server, read page by page. It follows what changes as long as only its beginning is shown; further down
 * rows would move under the reader's eyes, so it says that it is behind instead.
 */
export function useList<Row>(topic: Topic, path: string, query: CallOptions['query'] = {}): List<Row> {
  const asked = JSON.stringify(query)
  const key = useMemo(() => [topic, 'list', path, asked], [topic, path, asked])
  const [behind, setBehind] = useState(false)
  const found = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) =>
      call<Page<Row>>('GET', path, { query: { limit: PAGE, ...query, cursor: pageParam }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
  })
  const pages = found.data?.pages
  const { refetch, fetchNextPage } = found
  const count = pages?.length ?? 0
  const follow = useSpaced(useCallback(() => void refetch(), [refetch]))
  useChanged(
    [topic],
    useCallback(() => {
      if (count > FOLLOWED_PAGES) setBehind(true)
      else follow()
    }, [count, follow]),
  )
  return {
    rows: useMemo(() => pages?.flatMap(({ items }) => items) ?? [], [pages]),
    loading: found.isPending,
    error: found.error,
    hasMore: found.hasNextPage,
    loadingMore: found.isFetchingNextPage,
    more: useCallback(() => void fetchNextPage(), [fetchNextPage]),
    again: () => void refetch(),
    behind,
    refresh: () => {
      setBehind(false)
      void queries.resetQueries({ queryKey: key })
    },
  }
}

/** The same function called at once, but not again sooner than that; what was left out is made up for at the end. */
function useSpaced(act: () => void): () => void {
  const state = useRef<{ timer?: ReturnType<typeof setTimeout> | undefined; again: boolean; act: () => void }>({
    again: false,
    act,
  })
  state.current.act = act
  useEffect(() => () => clearTimeout(state.current.timer), [])
  return useCallback(() => {
    const now = state.current
    if (now.timer !== undefined) {
      now.again = true
      return
    }
    const later = (): void => {
      now.timer = undefined
      if (!now.again) return
      now.again = false
      begin()
    }
    const begin = (): void => {
      now.timer = setTimeout(later, FOLLOW_EVERY_MS)
      now.act()
    }
    begin()
  }, [])
}

/** A list of what is known already, for whoever draws lists. */
export const fixedList = <Row>(rows: readonly Row[]): List<Row> => ({
  rows,
  loading: false,
  error: null,
  hasMore: false,
  loadingMore: false,
  more: () => {},
  again: () => {},
  behind: false,
  refresh: () => {},
})
