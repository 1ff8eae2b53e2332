import { useMutation, useQuery, type UseMutationResult, type UseQueryResult } from '@tanstack/react-query'
import { useEffect } from 'react'
import { call } from './api.ts'
import { stateOf, switchOff, switchOn, toldHere, type Device } from './push.ts'
import type { DeviceState } from './push-state.ts'
import { queries } from './queries.ts'
import { useSignedIn } from './session.ts'

const KEY = ['profile', 'devices']
const changed = (): Promise<void> => queries.invalidateQueries({ queryKey: KEY })

/** One's own devices, and what can be said of this one. */
export interface Devices {
  readonly devices: readonly Device[]
  readonly state: DeviceState
  /** Id of this one; undefined when the server does not know it. */
  readonly here: string | undefined
}

/** One's own browsers that take push messages. Looked at anew when the person has changed their mind in the browser. */
export function useDevices(): UseQueryResult<Devices> {
  const session = useSignedIn()
  useEffect(() => onPermission(() => void changed()), [])
  return useQuery({
    queryKey: KEY,
    queryFn: async ({ signal }) => {
      const { items } = await call<{ items: Device[] }>('GET', '/devices', { signal })
      const ids = new Set(items.map(({ id }) => id))
      const told = toldHere(session)?.device
      return {
        devices: items,
        state: await stateOf(session, ids),
        here: told !== undefined && ids.has(told) ? told : undefined,
      }
    },
  })
}

/** Calls back when the permission to notify changes; returns what ends that. */
function onPermission(call: () => void): () => void {
  const ends = new AbortController()
  // Not every browser tells of it.
  void navigator.permissions
    ?.query({ name: 'notifications' })
    .then((status) => status.addEventListener('change', call, { signal: ends.signal }))
    .catch(() => undefined)
  return () => ends.abort()
}

/** Switches this device on; gives what the person has answered the browser. */
export function useSwitchOn(): UseMutationResult<NotificationPermission, unknown, void> {
  const session = useSignedIn()
  return useMutation({ mutationFn: () => switchOn(session), onSettled: changed })
}

/** Switches a device off. */
export function useSwitchOff(): UseMutationResult<void, unknown, string> {
  const session = useSignedIn()
  return useMutation({ mutationFn: (id) => switchOff(session, id), onSettled: changed })
}

/** Calls a device otherwise. */
export const useRename = (): UseMutationResult<Device, unknown, { readonly id: string; readonly title: string }> =>
  useMutation({
    mutationFn: ({ id, title }) => call<Device>('PATCH', `/devices/${id}`, { body: { title } }),
    onSuccess: changed,
  })

/** What a test message came to, in words of the server. */
export interface Tested {
  readonly sent: boolean
  readonly says: string
}

/** Sends a test message to a device. */
export const useTestDevice = (): UseMutationResult<Tested, unknown, string> =>
  useMutation({ mutationFn: (id) => call<Tested>('POST', `/devices/${id}/test`), onSettled: changed })
