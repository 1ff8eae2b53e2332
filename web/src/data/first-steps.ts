import { useQuery } from '@tanstack/react-query'
import { call } from './api.ts'
import { useEntities } from './entities.ts'
import { useKeys } from './keys.ts'

/** Which of the first steps are done; undefined until all of it is known. */
export interface FirstSteps {
  readonly way: boolean
  readonly rule: boolean
  readonly key: boolean
  readonly event: boolean
}

/** How far a new workspace has come. Asked by those who may set it up. */
export function useFirstSteps(): FirstSteps | undefined {
  const channels = useEntities<{ kind: string; status: string }>('channels')
  const rules = useEntities<object>('rules')
  const keys = useKeys()
  const events = useQuery({
    queryKey: ['events', 'any'],
    // The system's own events tell nothing about whether somebody posts any.
    queryFn: ({ signal }) =>
      call<{ items: { source: string }[] }>('GET', '/events', { query: { limit: 50 }, signal }).then(({ items }) =>
        items.some(({ source }) => source !== 'nabat'),
      ),
  })
  if (channels.data === undefined || rules.data === undefined || keys.data === undefined || events.data === undefined)
    return undefined
  return {
    way: channels.data.some(({ kind, status }) => kind !== 'inbox' && kind !== 'push' && status === 'ready'),
    rule: rules.data.length > 0,
    key: keys.data.length > 0,
    event: events.data,
  }
}
