import type { Topic } from '@nabat/api/live.ts'
import type { Query } from '@tanstack/react-query'
import { useEffect, useSyncExternalStore } from 'react'
import { pathOf } from './api.ts'
import { forgetStored } from './offline.ts'
import { queries } from './queries.ts'
import { lookForNewer } from './worker.ts'

const AGAIN_MS = 3_000
type Listener = (topics: readonly Topic[] | 'all') => void
const listeners = new Set<Listener>()
let connected = true
const onConnection = new Set<() => void>()

function setConnected(now: boolean): void {
  if (connected === now) return
  connected = now
  for (const tell of onConnection) tell()
}

/** Calls back when something of these topics has changed; `all`: the line was broken meanwhile. */
export function useChanged(topics: readonly Topic[], call: () => void): void {
  const wanted = topics.join()
  useEffect(() => {
    const listener: Listener = (changed) => {
      if (changed === 'all' || changed.some((topic) => wanted.split(',').includes(topic))) call()
    }
    listeners.add(listener)
    return () => void listeners.delete(listener)
  }, [wanted, call])
}

/** Whether the server's line is open. */
export const useConnected = (): boolean =>
  useSyncExternalStore(
    (tell) => {
      onConnection.add(tell)
      return () => void onConnection.delete(tell)
    },
    () => connected,
  )

/** Lists look after themselves (`data/lists.ts`): a long one must not be asked for whole at every change. */
function changed(topics: readonly Topic[] | 'all'): void {
  const predicate = ({ queryKey: [topic, kind] }: Query): boolean =>
    kind !== 'list' &&
    topic !== 'session' &&
    (topics === 'all' || topics.includes(topic as Topic) || topic === 'counts')
  // A first answer that is on its way may be of before the change. It is not broken off but asked for again.
  const onTheirWay = queries
    .getQueryCache()
    .findAll({ predicate, fetchStatus: 'fetching' })
    .filter(({ state }) => state.data === undefined)
  void queries.invalidateQueries({ predicate })
  for (const { promise, queryKey } of onTheirWay)
    void promise?.catch(() => undefined).then(() => queries.invalidateQueries({ queryKey, exact: true }))
  for (const tell of listeners) tell(topics)
}

/**
 * Follows what changes on the server as long as the console is open: what is shown of it is asked for anew. After a broken
 * line everything is, since nobody knows what was missed.
 */
export function useLive(workspace: string): void {
  useEffect(() => {
    let source: EventSource | undefined
    let timer: ReturnType<typeof setTimeout> | undefined
    const open = (): void => {
      source = new EventSource(pathOf('/live'))
      source.addEventListener('hello', () => {
        // A server that was away may have come back with another console.
        if (!connected) lookForNewer()
        setConnected(true)
        forgetStored()
        // What was asked for before the line was open may have changed since.
        changed('all')
      })
      source.addEventListener('changed', ({ data }) => {
        changed((JSON.parse(data as string) as { topics: Topic[] }).topics)
      })
      source.addEventListener('error', () => {
        // Not left to the browser, which gives up for good after an answer that is no stream, such as a proxy's 502.
        source?.close()
        setConnected(false)
        void queries.invalidateQueries({ queryKey: ['session'] })
        timer = setTimeout(open, AGAIN_MS)
      })
    }
    open()
    return () => {
      clearTimeout(timer)
      source?.close()
      setConnected(true)
    }
  }, [workspace])
}
