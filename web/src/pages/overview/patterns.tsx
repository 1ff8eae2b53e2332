import { useId } from 'react'
import { ENDS, type End } from './figures.ts'
import classes from './overview.module.css'

/** What each end is filled with: red and green are told apart by their lines as well. */
export const fillOf = (id: string, state: End): string => `url(#${id}-${state})`

/** Tiles of eight points: plain, with lines or with dots. */
export function Patterns({ id }: { readonly id: string }) {
  return (
    <defs>
      {ENDS.map(({ state }) => (
        <pattern key={state} id={`${id}-${state}`} width={8} height={8} patternUnits="userSpaceOnUse">
          <Tile state={state} />
        </pattern>
      ))}
    </defs>
  )
}

function Tile({ state }: { readonly state: End }) {
  const ground = 'var(--mantine-color-body)'
  switch (state) {
    case 'sent':
      return <rect width={8} height={8} fill="var(--nabat-good)" />
    case 'waiting':
      return (
        <>
          <rect width={8} height={8} fill="var(--nabat-info)" />
          <path d="M0 2h8M0 6h8" stroke={ground} strokeWidth={1} />
        </>
      )
    case 'suppressed':
      return <rect width={8} height={8} fill="var(--nabat-quiet)" opacity={0.55} />
    case 'cancelled':
      return (
        <>
          <rect width={8} height={8} fill="var(--nabat-quiet)" opacity={0.25} />
          <circle cx={4} cy={4} r={1.5} fill="var(--nabat-quiet)" />
        </>
      )
    case 'failed':
      return (
        <>
          <rect width={8} height={8} fill="var(--nabat-critical)" />
          <path d="M-2 2l4-4M0 8l8-8M6 10l4-4" stroke={ground} strokeWidth={1.5} />
        </>
      )
  }
}

/** The look of an end beside its word. */
export function Swatch({ state }: { readonly state: End }) {
  const id = useId()
  return (
    <svg width={16} height={16} className={classes['swatch']} aria-hidden>
      <defs>
        <pattern id={id} width={8} height={8} patternUnits="userSpaceOnUse">
          <Tile state={state} />
        </pattern>
      </defs>
      <rect width={16} height={16} rx={3} fill={`url(#${id})`} />
    </svg>
  )
}
