import { Anchor, Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconArrowsSplit, IconInbox, IconSend } from '@tabler/icons-react'
import { Link } from 'react-router'
import { TimeText } from '../../components/time-text.tsx'
import type { Delivery } from '../../data/deliveries.ts'
import type { Event } from '../../data/events.ts'
import { useWords } from '../../i18n.ts'
import { eventWords } from '../../words/events.ts'
import { RulesStep } from './rules-step.tsx'
import { WayDelivery } from './way-delivery.tsx'

/** More than these are looked at in the list of deliveries. */
const SHOWN = 50

/** The way an event took, from top to bottom: accepted, which rules wanted it, whom it did not reach, each message. */
export function Way({ event }: { readonly event: Event }) {
  const t = useWords(eventWords)
  const { trace, deliveries } = event
  const unreached = [...trace.missing, ...trace.alreadyTold]
  const { byRule, children } = familiesOf(deliveries)
  return (
    <>
      <ol className="way">
        <Step icon={<IconInbox size={18} aria-hidden />} title={t('accepted')}>
          <Text size="sm">
            <TimeText at={event.acceptedAt} /> {t('acceptedFrom', { source: event.source })}
          </Text>
        </Step>
        <Step icon={<IconArrowsSplit size={18} aria-hidden />} title={t('rules')}>
          <RulesStep rules={trace.rules} />
        </Step>
        {unreached.length > 0 && (
          <Step icon={<IconAlertTriangle size={18} aria-hidden />} title={t('notCome')}>
            <ul className="plain">
              {unreached.map(({ says, rule }) => (
                <Text component="li" size="sm" key={`${rule} ${says}`}>
                  {says}
                  <span className="quiet"> · {t('ruleOf', { rule })}</span>
                </Text>
              ))}
            </ul>
          </Step>
        )}
        {byRule.map(([rule, roots]) => (
          <Step
            key={rule ?? ''}
            icon={<IconSend size={18} aria-hidden />}
            title={rule === null ? t('noRule') : t('ruleOf', { rule })}
          >
            <Stack gap="sm">
              {roots.map((delivery) => (
                <WayDelivery key={delivery.id} delivery={delivery} around={children} />
              ))}
            </Stack>
          </Step>
        ))}
      </ol>
      {deliveries.length > SHOWN && (
        <Anchor component={Link} to={`/deliveries?event=${event.id}`} size="sm">
          {t('allOf', { count: deliveries.length })}
        </Anchor>
      )}
    </>
  )
}

interface StepProps {
  readonly icon: React.ReactNode
  readonly title: string
  readonly children: React.ReactNode
}

function Step({ icon, title, children }: StepProps) {
  return (
    <li>
      <span className="way-sign">{icon}</span>
      <Text component="h3" fw={600} mb={4}>
        {title}
      </Text>
      {children}
    </li>
  )
}

/** The first deliveries of each rule in their order, and those that went in place of another, under that one. */
function familiesOf(deliveries: readonly Delivery[]): {
  byRule: readonly (readonly [string | null, readonly Delivery[]])[]
  children: ReadonlyMap<string, readonly Delivery[]>
} {
  const shown = deliveries.slice(0, SHOWN)
  const known = new Set(shown.map(({ id }) => id))
  const isChild = ({ insteadOf }: Delivery): boolean => insteadOf !== null && known.has(insteadOf)
  return {
    byRule: [
      ...Map.groupBy(
        shown.filter((each) => !isChild(each)),
        ({ rule }) => rule,
      ),
    ],
    children: Map.groupBy(shown.filter(isChild), ({ insteadOf }) => insteadOf!),
  }
}
