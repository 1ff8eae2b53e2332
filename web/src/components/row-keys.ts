import type { Virtualizer } from '@tanstack/react-virtual'
import { useCallback, useEffect } from 'react'
import { lettersAreCommands } from './letters.ts'

const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }
const PAGE_STEPS: Readonly<Record<string, number>> = { PageDown: 10, PageUp: -10 }

/** Letters typed into a field, or pressed with Ctrl and the like, are no commands. */
export const isTyping = ({ target, ctrlKey, metaKey, altKey }: KeyboardEvent | React.KeyboardEvent): boolean =>
  ctrlKey ||
  metaKey ||
  altKey ||
  (target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.closest('[role="dialog"], [role="listbox"], [role="combobox"], textarea, select') !== null ||
      (target instanceof HTMLInputElement && target.type !== 'checkbox')))

/**
 * Moving through the rows of a list by arrows or j and k, Home and End. With nothing in focus, j begins at the first row in
 * sight.
 */
export function useRowKeys(
  virtualizer: Virtualizer<Window, HTMLDivElement>,
  count: number,
): (event: React.KeyboardEvent) => void {
  const focus = useCallback(
    (index: number): void => {
      const wanted = Math.max(0, Math.min(count - 1, index))
      virtualizer.scrollToIndex(wanted, { align: 'auto' })
      focusOnceDrawn(wanted, 10)
    },
    [virtualizer, count],
  )
  useEffect(() => {
    const begin = (event: KeyboardEvent): void => {
      if (event.key !== 'j' || isTyping(event) || !lettersAreCommands() || count === 0) return
      if (document.activeElement !== document.body && document.activeElement?.id !== 'content') return
      const first = virtualizer.getVirtualItems().find(({ end }) => end > window.scrollY + HEADER)
      event.preventDefault()
      focus(first?.index ?? 0)
    }
    document.addEventListener('keydown', begin)
    return () => document.removeEventListener('keydown', begin)
  }, [virtualizer, count, focus])
  return (event) => {
    const at = Number(
      (event.target as HTMLElement).closest<HTMLElement>('[data-index]')?.dataset['index'] ?? Number.NaN,
    )
    if (Number.isNaN(at) || isTyping(event)) return
    const step = STEPS[event.key] ?? PAGE_STEPS[event.key]
    const wanted =
      step !== undefined ? at + step : event.key === 'Home' ? 0 : event.key === 'End' ? count - 1 : undefined
    if (wanted === undefined) return
    event.preventDefault()
    focus(wanted)
  }
}

/** Height of the bar that covers the top of the page, pixels. */
const HEADER = 56

/** A row that was far away is drawn some frames after it was scrolled to. */
function focusOnceDrawn(index: number, tries: number): void {
  const row = document.querySelector<HTMLElement>(`[data-index="${index}"] .row-link`)
  if (row !== null) row.focus({ preventScroll: true })
  else if (tries > 0) requestAnimationFrame(() => focusOnceDrawn(index, tries - 1))
}
