import type { DemoDone } from '@nabat/api/demo.ts'
import { Anchor, Group, Paper, Stack, Text } from '@mantine/core'
import { Link } from 'react-router'
import { channelInWords } from '../../components/channel-name.ts'
import { Empty } from '../../components/empty.tsx'
import { DeliveryMark } from '../../components/marks.tsx'
import { TimeText } from '../../components/time-text.tsx'
import { whoOf, type Delivery } from '../../data/deliveries.ts'
import { useEvent } from '../../data/events.ts'
import { language, useWords } from '../../i18n.ts'
import { demoWords } from '../../words/demo.ts'

/** The telling ones come first; the others are said by their number. */
const SHOWN = 2

/** What chats and mailboxes are called, by their ids and addresses. */
type Names = Readonly<Record<string, string>>

interface StoryProps {
  readonly done: DemoDone | undefined
  readonly names: Names
}

/** What was made to happen last, whom it is told by which rule, and what becomes of that: as the trace has it. */
export function Story({ done, names }: StoryProps) {
  const t = useWords(demoWords)
  if (done === undefined)
    return (
      <Paper withBorder>
        <Empty title={t('nothingYet')} text={t('nothingYetText')} />
      </Paper>
    )
  const more = done.events.length - SHOWN
  return (
    <Paper withBorder p="md" role="status" aria-live="polite">
      <Text>{done.says[language()]}</Text>
      {done.events.slice(0, SHOWN).map((id) => (
        <Told key={id} event={id} names={names} />
      ))}
      {more > 0 && (
        <Text size="sm" className="quiet" mt="xs">
          {t('more', { count: more })}
        </Text>
      )}
    </Paper>
  )
}

/** One event and its messages, rule by rule. */
function Told({ event: id, names }: { readonly event: string; readonly names: Names }) {
  const t = useWords(demoWords)
  const { data: event } = useEvent(id)
  if (event === undefined || event.id !== id) return null
  const byRule = [...Map.groupBy(event.deliveries, ({ rule }) => rule ?? '')]
  return (
    <Stack gap={4} mt="sm">
      <Anchor component={Link} to={`/events/${id}`} fw={600} size="sm" underline="always">
        {event.title}
      </Anchor>
      {byRule.length === 0 && (
        <Text size="sm" className="quiet">
          {t('toNobody')}
        </Text>
      )}
      {byRule.map(([rule, deliveries]) => (
        <div key={rule}>
          <Text size="sm" className="quiet">
            {t('rule', { rule })}
          </Text>
          <ul className="plain">
            {deliveries.map((delivery) => (
              <li key={delivery.id}>
                <ToldTo delivery={delivery} names={names} />
              </li>
            ))}
          </ul>
        </div>
      ))}
      {[...event.trace.missing, ...event.trace.alreadyTold].map(({ says, rule }) => (
        <Text size="sm" className="quiet" key={`${rule} ${says}`}>
          {rule !== '' && `${t('rule', { rule })}: `}
          {says}
        </Text>
      ))}
    </Stack>
  )
}

function ToldTo({ delivery, names }: { readonly delivery: Delivery; readonly names: Names }) {
  const t = useWords(demoWords)
  const { state, says, insteadOf, dueAt, channel } = delivery
  const who = whoOf(delivery)
  const ahead = state === 'waiting' && dueAt !== null && Date.parse(dueAt) - Date.now() > 5_000
  return (
    <Group gap={6} wrap="nowrap" align="flex-start">
      <DeliveryMark state={state} bare />
      <Text size="sm" miw={0}>
        {[who === null ? null : (names[who] ?? who), channel === null ? null : channelInWords(channel)]
          .filter((each) => each !== null)
          .join(' · ')}
        {insteadOf !== null && ` (${t('instead')})`}: {says}
        {ahead && (
          <>
            , {t('due')} <TimeText at={dueAt} />
          </>
        )}
      </Text>
    </Group>
  )
}
