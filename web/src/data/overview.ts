import type { Overview, OverviewHours } from '@nabat/api/overview.ts'
import { useQuery, type UseQueryResult } from '@tanstack/react-query'
import { useCallback, useEffect, useRef } from 'react'
import { language } from '../i18n.ts'
import { call } from './api.ts'
import { useChanged } from './live.ts'

/** It is asked for anew so often, when nothing changes but the time; milliseconds. */
const AS_TIME_GOES_MS = 300_000
/** As long as history is being counted. */
const COUNTING_MS = 1_500
/** In a storm: never sooner, and never so often that counting takes more than a twentieth of the server's time. */
const FOLLOW_MS = 2_000
const SHARE = 20

/** What has happened in a period and what is now; it follows what changes. */
export function useOverview(hours: OverviewHours): UseQueryResult<Overview> {
  const found = useQuery({
    // `list`: it follows by itself, not at every change.
    queryKey: ['deliveries', 'list', 'overview', hours, language()],
    queryFn: ({ signal }) => call<Overview>('GET', '/overview', { query: { hours }, signal }),
    refetchInterval: ({ state }) => ((state.data?.left ?? 0) > 0 ? COUNTING_MS : AS_TIME_GOES_MS),
  })
  const { refetch, data } = found
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])
  const wait = Math.max(FOLLOW_MS, SHARE * (data?.tookMs ?? 0))
  useChanged(
    ['deliveries', 'events', 'incidents', 'channels', 'configuration'],
    useCallback(() => {
      timer.current ??= setTimeout(() => {
        timer.current = undefined
        void refetch()
      }, wait)
    }, [refetch, wait]),
  )
  return found
}
