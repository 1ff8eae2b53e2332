import { Group, Text } from '@mantine/core'
import { IconCheck, IconClockPause, IconX } from '@tabler/icons-react'
import type { Attempt } from '../data/deliveries.ts'
import { useWords } from '../i18n.ts'
import { deliveryWords } from '../words/deliveries.ts'
import { durationText } from './duration.tsx'
import { TimeText } from './time-text.tsx'

const SHOWN = {
  sent: [IconCheck, 'good', 'sentWord'],
  deferred: [IconClockPause, 'warning', 'deferredWord'],
  rejected: [IconX, 'critical', 'rejectedWord'],
} as const

/** The attempts at a delivery, one below the other as they came. */
export function Attempts({ attempts }: { readonly attempts: readonly Attempt[] }) {
  const t = useWords(deliveryWords)
  if (attempts.length === 0) return null
  return (
    <ol className="attempts" aria-label={t('attempts')}>
      {attempts.map((attempt) => (
        <AttemptLine key={attempt.at} attempt={attempt} />
      ))}
    </ol>
  )
}

function AttemptLine({
  attempt: { at, tookMs, verdict, reason, says, detail, ambiguous },
}: {
  readonly attempt: Attempt
}) {
  const t = useWords(deliveryWords)
  const [Shape, colour, word] = SHOWN[verdict]
  const why = says ?? reason
  return (
    <li>
      <Group gap={6} wrap="nowrap" align="flex-start">
        <Shape size={16} aria-hidden style={{ color: `var(--nabat-${colour})`, flexShrink: 0, marginTop: 3 }} />
        <Text size="sm">
          <TimeText at={at} />
          {': '}
          {t(word)}
          {why !== null && `, ${why}`}
          {ambiguous === true && ` (${t('ambiguous')})`}
          <Text span className="quiet">
            {' '}
            {t('took', { time: tookMs < 1000 ? milliseconds(tookMs) : durationText(tookMs) })}
          </Text>
          {detail !== null && detail !== '' && (
            <Text span display="block" className="quiet mono">
              {detail}
            </Text>
          )}
        </Text>
      </Group>
    </li>
  )
}

const milliseconds = (count: number): string =>
  new Intl.NumberFormat(document.documentElement.lang, {
    style: 'unit',
    unit: 'millisecond',
    unitDisplay: 'short',
  }).format(count)
