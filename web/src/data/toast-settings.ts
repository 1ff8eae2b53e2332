import { useSyncExternalStore } from 'react'

/** What appears in a corner of the window as it comes in, on this device. */
export interface ToastSettings {
  readonly critical: boolean
  readonly warning: boolean
  readonly sound: boolean
}

const KEPT = 'nabat-toasts'
const DEFAULT: ToastSettings = { critical: true, warning: true, sound: false }
const told = new Set<() => void>()
let last: { readonly text: string | null; readonly settings: ToastSettings } | undefined

/** As they are at this moment. */
export function toastSettings(): ToastSettings {
  const text = localStorage.getItem(KEPT)
  if (last === undefined || last.text !== text) last = { text, settings: { ...DEFAULT, ...parsed(text) } }
  return last.settings
}

function parsed(text: string | null): Partial<ToastSettings> {
  try {
    return JSON.parse(text ?? '{}') as Partial<ToastSettings>
  } catch {
    return {}
  }
}

/** Keeps one of them on this device. */
export function setToast(name: keyof ToastSettings, on: boolean): void {
  localStorage.setItem(KEPT, JSON.stringify({ ...toastSettings(), [name]: on }))
  for (const tell of told) tell()
}

/** They, drawn anew when one is changed. */
export const useToastSettings = (): ToastSettings =>
  useSyncExternalStore((tell) => {
    told.add(tell)
    return () => void told.delete(tell)
  }, toastSettings)
