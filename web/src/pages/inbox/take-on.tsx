import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { saysOf } from '../../data/api.ts'
import { useAcknowledge } from '../../data/incidents.ts'
import type { InboxEntry } from '../../data/inbox.ts'
import { queries } from '../../data/queries.ts'
import { useWords } from '../../i18n.ts'
import { incidentWords } from '../../words/incidents.ts'

/** Takes on the incident of an entry, and tells whether that worked. */
export function useTakingOn({ incident }: InboxEntry): { readonly takeOn: () => void; readonly going: boolean } {
  const t = useWords(incidentWords)
  const { mutate, isPending } = useAcknowledge()
  return {
    going: isPending,
    takeOn: () => {
      if (incident === null) return
      mutate(incident.key, {
        onSuccess: () => notifications.show({ message: t('acknowledged'), color: 'green' }),
        onError: (error) => notifications.show({ message: saysOf(error), color: 'red' }),
        onSettled: () => void queries.invalidateQueries({ queryKey: ['inbox'] }),
      })
    },
  }
}

/** Takes on the incident of an entry. */
export function TakeOn({ entry }: { readonly entry: InboxEntry }) {
  const t = useWords(incidentWords)
  const { takeOn, going } = useTakingOn(entry)
  return (
    <Button
      variant="default"
      size="xs"
      loading={going}
      onClick={takeOn}
      aria-label={t('acknowledgeThis', { what: entry.title })}
    >
      {t('acknowledge')}
    </Button>
  )
}
