import { Group } from '@mantine/core'
import type { Severity } from '@nabat/api/severity.ts'
import {
  IconAlertOctagon,
  IconAlertTriangle,
  IconCheck,
  IconCircleDashed,
  IconClock,
  IconInfoCircle,
  IconPlayerStop,
  IconSend,
  IconX,
  type Icon,
} from '@tabler/icons-react'
import { useWords, type WordKey } from '../i18n.ts'
import { shellWords } from '../words/shell.ts'

type Shown = readonly [Icon, 'critical' | 'warning' | 'info' | 'good' | 'quiet', WordKey<typeof shellWords.ru>]

const SEVERITY: Readonly<Record<Severity, Shown>> = {
  critical: [IconAlertOctagon, 'critical', 'critical'],
  warning: [IconAlertTriangle, 'warning', 'warning'],
  info: [IconInfoCircle, 'info', 'info'],
}

/** State of a delivery, as the API has it. */
export type DeliveryState = 'waiting' | 'claimed' | 'sent' | 'suppressed' | 'failed' | 'cancelled'
const DELIVERY: Readonly<Record<DeliveryState, Shown>> = {
  waiting: [IconClock, 'info', 'waiting'],
  claimed: [IconSend, 'info', 'claimed'],
  sent: [IconCheck, 'good', 'sent'],
  suppressed: [IconCircleDashed, 'quiet', 'suppressed'],
  failed: [IconX, 'critical', 'failedState'],
  cancelled: [IconPlayerStop, 'quiet', 'cancelled'],
}

/** State of an incident, as the API has it. */
export type IncidentState = 'open' | 'acknowledged' | 'ended'
const INCIDENT: Readonly<Record<IncidentState, Shown>> = {
  open: [IconAlertTriangle, 'critical', 'open'],
  acknowledged: [IconClock, 'warning', 'acknowledged'],
  ended: [IconCheck, 'good', 'ended'],
}

/** Colour is never alone: shape and word say the same. */
function Mark({ shown: [Shape, colour, key], bare }: { readonly shown: Shown; readonly bare: boolean }) {
  const t = useWords(shellWords)
  return (
    <Group component="span" gap={6} wrap="nowrap" display="inline-flex" style={{ color: `var(--nabat-${colour})` }}>
      <Shape size={18} stroke={2} {...(bare ? { role: 'img', 'aria-label': t(key) } : { 'aria-hidden': true })} />
      {!bare && <span>{t(key)}</span>}
    </Group>
  )
}

/** How grave something is. `bare`: only the sign, where the column has no room for the word. */
export const SeverityMark = ({ severity, bare = false }: { readonly severity: Severity; readonly bare?: boolean }) => (
  <Mark shown={SEVERITY[severity]} bare={bare} />
)

/** What became of a delivery. */
export const DeliveryMark = ({ state, bare = false }: { readonly state: DeliveryState; readonly bare?: boolean }) => (
  <Mark shown={DELIVERY[state]} bare={bare} />
)

/** Whether an incident goes on. */
export const IncidentMark = ({ state, bare = false }: { readonly state: IncidentState; readonly bare?: boolean }) => (
  <Mark shown={INCIDENT[state]} bare={bare} />
)
