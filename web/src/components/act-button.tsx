import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { saysOf } from '../data/api.ts'
import { actOn, useDeliveryAct, type Delivery } from '../data/deliveries.ts'
import { useMay } from '../data/session.ts'
import { useWords } from '../i18n.ts'
import { deliveryWords } from '../words/deliveries.ts'

/** Tries it again or cancels it, whichever its state allows. */
export function ActButton({ delivery: { id, state } }: { readonly delivery: Delivery }) {
  const t = useWords(deliveryWords)
  const act = useDeliveryAct()
  const may = useMay('deliveries.write')
  const what = actOn(state)
  if (!may || what === undefined) return null
  return (
    <Button
      variant="default"
      size="xs"
      flex="none"
      loading={act.isPending}
      onClick={() =>
        act.mutate(
          { id, act: what },
          {
            onSuccess: () => notifications.show({ message: t(what === 'retry' ? 'retried' : 'stopped') }),
            onError: (error) => notifications.show({ message: saysOf(error), color: 'red' }),
          },
        )
      }
    >
      {t(what)}
    </Button>
  )
}
