import { Button, type ButtonProps } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { saysOf } from '../../data/api.ts'
import { useAcknowledge, type Incident } from '../../data/incidents.ts'
import { useWords } from '../../i18n.ts'
import { incidentWords } from '../../words/incidents.ts'
import { titleOf } from './incident-line.tsx'

/** Takes an incident on and tells whether that worked. */
export function useAcknowledging({ key }: Incident): { acknowledge: () => void; going: boolean } {
  const t = useWords(incidentWords)
  const { mutateAsync, isPending } = useAcknowledge()
  return {
    going: isPending,
    // Not by the callbacks of `mutate`: the row may have left the list before the answer comes.
    acknowledge: () =>
      void mutateAsync(key).then(
        () => notifications.show({ message: t('acknowledged'), color: 'green' }),
        (error: unknown) => notifications.show({ message: saysOf(error), color: 'red' }),
      ),
  }
}

interface AcknowledgeButtonProps {
  readonly incident: Incident
  readonly size?: ButtonProps['size']
}

/** Takes an incident on. */
export function AcknowledgeButton({ incident, size = 'sm' }: AcknowledgeButtonProps) {
  const t = useWords(incidentWords)
  const { acknowledge, going } = useAcknowledging(incident)
  return (
    <Button
      variant="default"
      size={size}
      loading={going}
      onClick={acknowledge}
      aria-label={t('acknowledgeThis', { what: titleOf(incident) })}
    >
      {t('acknowledge')}
    </Button>
  )
}
