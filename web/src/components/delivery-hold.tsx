import { Anchor, Text } from '@mantine/core'
import { Link } from 'react-router'
import type { Delivery } from '../data/deliveries.ts'
import { useWords } from '../i18n.ts'
import { deliveryWords } from '../words/deliveries.ts'
import { TimeText } from './time-text.tsx'

/** What keeps a delivery back, when it goes on, and in what other message it left. */
export function DeliveryHold({ delivery }: { readonly delivery: Delivery }) {
  const t = useWords(deliveryWords)
  const { state, behind, dueAt, expiresAt, silence, digest } = delivery
  const ahead = dueAt !== null && Date.parse(dueAt) > Date.now()
  return (
    <>
      {state === 'waiting' && (
        <Text size="sm">
          {behind === true ? (
            t('behindText')
          ) : ahead ? (
            <>
              {t('due')} <TimeText at={dueAt} />
            </>
          ) : (
            t('dueNow')
          )}
          {expiresAt !== null && (
            <span className="quiet">
              {' · '}
              {t('expires')} <TimeText at={expiresAt} />
            </span>
          )}
        </Text>
      )}
      {silence !== undefined && <Text size="sm">{t('silenced', { name: silence })}</Text>}
      {digest !== null && (
        <Text size="sm">
          {t('inDigest')}:{' '}
          <Anchor component={Link} to={`/deliveries?digest=${digest}`} inherit underline="always">
            {t('digestLink')}
          </Anchor>
        </Text>
      )}
    </>
  )
}
