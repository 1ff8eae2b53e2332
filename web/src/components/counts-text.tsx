import type { DeliveryCounts } from '../data/events.ts'
import { useWords } from '../i18n.ts'
import { eventWords } from '../words/events.ts'

const SHOWN = [
  ['sent', 'sentCount', undefined],
  ['waiting', 'waitingCount', undefined],
  ['failed', 'failedCount', 'var(--nabat-critical)'],
  ['suppressed', 'suppressedCount', undefined],
] as const

/** How many were told, and how many not: `отправлено 3, не удалось 1`. */
export function CountsText({ counts }: { readonly counts: DeliveryCounts }) {
  const t = useWords(eventWords)
  const parts = SHOWN.filter(([state]) => (counts[state] ?? 0) > 0)
  if (parts.length === 0) return <>{t('nobody')}</>
  return (
    <>
      {parts.map(([state, key, color], index) => (
        <span key={state} style={color === undefined ? undefined : { color }}>
          {index > 0 && ', '}
          {t(key, { count: counts[state]! })}
        </span>
      ))}
    </>
  )
}
