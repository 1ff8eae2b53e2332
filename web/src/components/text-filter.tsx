import { TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { useEffect, useRef, useState } from 'react'

/** The list follows once the typing has paused for so long, milliseconds. */
const PAUSE_MS = 300

interface TextFilterProps {
  readonly label: string
  readonly placeholder?: string
  /** What the list is narrowed by. */
  readonly value: string | undefined
  readonly set: (value: string) => void
  /** Pixels; the whole width on a phone. */
  readonly width?: number
}

/** A filter that is typed; the list follows once the typing pauses. */
export function TextFilter({ label, placeholder, value, set, width = 190 }: TextFilterProps) {
  const [typed, type] = useTyped(value, set)
  return (
    <TextInput
      label={label}
      placeholder={placeholder}
      value={typed}
      onChange={({ currentTarget }) => type(currentTarget.value)}
      w={{ base: '100%', xs: width }}
    />
  )
}

/**
 * The text of a filter as it is being typed, and what takes in more of it: the text, and what is meant by it where that is
 * something else. What changes the filter from outside (a removed chip, a link) replaces the text; what the typing itself
 * has asked for comes back without touching it, so that neither the focus nor a letter is lost.
 */
export function useTyped(
  value: string | undefined = '',
  set: (value: string) => void,
  pause = PAUSE_MS,
): readonly [typed: string, type: (text: string, meant?: string) => void] {
  const [typed, setTyped] = useState(value)
  /** Asked for and not yet come back, oldest first: a slow page may answer one after the next was asked for. */
  const asked = useRef<string[]>([])
  const later = useDebouncedCallback((wanted: string) => {
    if (wanted === (asked.current.at(-1) ?? value)) return
    asked.current.push(wanted)
    set(wanted)
  }, pause)
  useEffect(() => {
    const mine = asked.current.indexOf(value)
    asked.current = mine === -1 ? [] : asked.current.slice(mine + 1)
    if (mine !== -1) return
    later.cancel()
    setTyped(value)
  }, [value, later])
  const type = (text: string, meant = text.trim()): void => {
    setTyped(text)
    later(meant)
  }
  return [typed, type]
}
