import { Anchor, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { Link, useParams } from 'react-router'
import { Attempts } from '../../components/attempts.tsx'
import { DeliveryHold } from '../../components/delivery-hold.tsx'
import { Failure } from '../../components/failure.tsx'
import { Loading } from '../../components/loading.tsx'
import { DeliveryMark } from '../../components/marks.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { TimeText } from '../../components/time-text.tsx'
import { useDelivery, useDeliveryMessage, whoOf, type Delivery } from '../../data/deliveries.ts'
import { useWords } from '../../i18n.ts'
import { deliveryWords } from '../../words/deliveries.ts'
import { shellWords } from '../../words/shell.ts'
import { ActButton } from '../../components/act-button.tsx'

/** One delivery: for whom, what became of it at each attempt, and the message. */
export function DeliveryPage() {
  const { id = '' } = useParams()
  const { data: delivery, error, refetch } = useDelivery(id)
  if (delivery === undefined || delivery.id !== id)
    return error === null ? <Loading /> : <Failure error={error} again={() => void refetch()} />
  return <Shown delivery={delivery} />
}

function Shown({ delivery }: { readonly delivery: Delivery }) {
  const t = useWords(deliveryWords)
  const shell = useWords(shellWords)
  const { state, says, attempts } = delivery
  return (
    <>
      <PageHeader
        title={whoOf(delivery) ?? t('noRecipient')}
        up={{ to: '/deliveries', title: shell('deliveries') }}
        text={
          <Group component="span" gap={6} wrap="nowrap" align="flex-start">
            <DeliveryMark state={state} bare />
            <span>{says}</span>
          </Group>
        }
      >
        <ActButton delivery={delivery} />
      </PageHeader>
      <Stack gap="lg">
        <Facts delivery={delivery} />
        <Paper component="section" withBorder p={{ base: 'md', sm: 'lg' }} aria-label={t('attempts')}>
          <Title order={2} mb="xs">
            {t('attempts')}
          </Title>
          <DeliveryHold delivery={delivery} />
          {attempts.length === 0 ? <Text size="sm">{t('noAttempts')}</Text> : <Attempts attempts={attempts} />}
        </Paper>
        <MessageShown id={delivery.id} />
      </Stack>
    </>
  )
}

function Facts({ delivery }: { readonly delivery: Delivery }) {
  const t = useWords(deliveryWords)
  const shell = useWords(shellWords)
  const { event, eventTitle, rule, ruleRemoved, channel, channelRemoved, destination, insteadOf } = delivery
  const gone = <span className="quiet"> ({t('gone')})</span>
  return (
    <dl className="facts">
      <dt className="quiet">{t('about')}</dt>
      <dd>
        <Anchor component={Link} to={`/events/${event}`} inherit underline="always">
          {eventTitle ?? shell('event')}
        </Anchor>
      </dd>
      {rule !== null && (
        <>
          <dt className="quiet">{t('rule')}</dt>
          <dd>
            {rule}
            {ruleRemoved === true && gone}
          </dd>
        </>
      )}
      {channel !== null && (
        <>
          <dt className="quiet">{t('channel')}</dt>
          <dd>
            {channel}
            {channelRemoved === true && gone}
            {destination !== null && destination !== '' && <span className="quiet"> · {destination}</span>}
          </dd>
        </>
      )}
      <dt className="quiet">{t('created')}</dt>
      <dd>
        <TimeText at={delivery.createdAt} />
      </dd>
      {delivery.endedAt !== null && (
        <>
          <dt className="quiet">{t('ended')}</dt>
          <dd>
            <TimeText at={delivery.endedAt} />
          </dd>
        </>
      )}
      {insteadOf !== null && (
        <>
          <dt className="quiet">{t('insteadOf')}</dt>
          <dd>
            <Anchor component={Link} to={`/deliveries/${insteadOf}`} inherit underline="always">
              {t('insteadOfLink')}
            </Anchor>
          </dd>
        </>
      )}
    </dl>
  )
}

/** What the recipient reads. */
function MessageShown({ id }: { readonly id: string }) {
  const t = useWords(deliveryWords)
  const { data: message, error } = useDeliveryMessage(id)
  if (message === undefined && error === null) return null
  return (
    <Paper component="section" withBorder p={{ base: 'md', sm: 'lg' }} aria-label={t('message')}>
      <Title order={2}>{t('message')}</Title>
      <Text size="sm" className="quiet" mb="sm">
        {t(message === undefined ? 'noMessage' : 'messageText')}
      </Text>
      {message !== undefined && (
        <div className="message" lang={message.language}>
          <Text fw={600}>{message.title}</Text>
          {message.text !== '' && <Text style={{ whiteSpace: 'pre-line' }}>{message.text}</Text>}
        </div>
      )}
    </Paper>
  )
}
