import { VisuallyHidden } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from './bars.module.css'

/** One bar. */
export interface Bar {
  readonly key: string
  readonly value: number
  /** Below it; empty where there is no room for all. */
  readonly label: string
  /** All of it in words, for a screen reader and on hover. */
  readonly says: string
  readonly isShaded?: boolean
}

/** Upright bars side by side, such as the hours of a day. */
export function Columns({ bars, label }: { readonly bars: readonly Bar[]; readonly label: string }) {
  const most = Math.max(1, ...bars.map(({ value }) => value))
  return (
    <ul className={classes['columns']} aria-label={label}>
      {bars.map(({ key, value, label: below, says, isShaded }) => (
        <li key={key} className={`${classes['column']} ${isShaded === true ? classes['shaded'] : ''}`} title={says}>
          <VisuallyHidden>{says}</VisuallyHidden>
          <span className={classes['plot']} aria-hidden>
            <span
              className={classes['bar']}
              style={{ height: `${value === 0 ? 0 : Math.max(3, (value / most) * 100)}%` }}
            />
          </span>
          <span className={classes['label']} aria-hidden>
            {below === '' ? '\u00A0' : below}
          </span>
        </li>
      ))}
    </ul>
  )
}

interface LinesProps {
  readonly label: string
  readonly bars: readonly {
    readonly key: string
    readonly name: ReactNode
    readonly value: number
    /** Beside the number. */
    readonly note?: string
  }[]
}

/** Bars below each other with a name each, such as who gets how many. */
export function Lines({ bars, label }: LinesProps) {
  const most = Math.max(1, ...bars.map(({ value }) => value))
  return (
    <ul className={classes['lines']} aria-label={label}>
      {bars.map(({ key, name, value, note }) => (
        <li key={key} className={classes['line']}>
          <span>
            {name}
            {note !== undefined && <span className="quiet"> · {note}</span>}
          </span>
          <span className={classes['track']} aria-hidden>
            <span className={classes['fill']} style={{ width: `${(value / most) * 100}%` }} />
          </span>
          <span className={classes['count']}>{value}</span>
        </li>
      ))}
    </ul>
  )
}
