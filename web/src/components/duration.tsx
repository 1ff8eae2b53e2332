import { useEffect, useState } from 'react'
import { language } from '../i18n.ts'

const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const
const TICK_MS = 1_000

/** A span in its two largest units: `2 ч 5 мин`; seconds only below a minute, a figure that runs is no calm one. `ms` milliseconds. */
export function durationText(ms: number): string {
  let rest = Math.max(0, Math.round(ms / 1000))
  const first = UNITS.findIndex(([, seconds]) => rest >= seconds)
  if (first < 0) return amount(0, 'second')
  const parts: string[] = []
  for (const [unit, seconds] of UNITS.slice(first, first + 2)) {
    const count = Math.floor(rest / seconds)
    rest -= count * seconds
    if (count > 0 && (unit !== 'second' || parts.length === 0)) parts.push(amount(count, unit))
  }
  return parts.join(' ')
}

const amount = (count: number, unit: (typeof UNITS)[number][0]): string =>
  new Intl.NumberFormat(language(), { style: 'unit', unit, unitDisplay: 'short' }).format(count)

/** How long something took, or has been going on for when it has no end yet. */
export function Duration({ from, to }: { readonly from: string; readonly to: string | null }) {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    if (to !== null) return undefined
    const timer = setInterval(() => setNow(Date.now()), TICK_MS)
    return () => clearInterval(timer)
  }, [to])
  return <>{durationText((to === null ? now : Date.parse(to)) - Date.parse(from))}</>
}
