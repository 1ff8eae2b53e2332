import { Button, Group, Popover, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { saysOf } from '../../data/api.ts'
import { useAcknowledgeAll, type Incident } from '../../data/incidents.ts'
import { useWords } from '../../i18n.ts'
import { incidentWords } from '../../words/incidents.ts'
import { shellWords } from '../../words/shell.ts'

/**
 * Takes on all that the list has read so far: one uplink may open an incident for each of its cameras. Asked about first, since
 * it cannot be taken back; what opens while somebody thinks it over is counted before it is taken on.
 */
export function AcknowledgeShown({ incidents }: { readonly incidents: readonly Incident[] }) {
  const t = useWords(incidentWords)
  const shell = useWords(shellWords)
  const [asking, { open, close }] = useDisclosure()
  const { mutateAsync, isPending } = useAcknowledgeAll()
  const count = incidents.length
  const acknowledge = (): void => {
    close()
    // Not by the callbacks of `mutate`: the list may be empty, and this gone with it, before the answer comes.
    mutateAsync(incidents.map(({ key }) => key)).then(
      (taken) => notifications.show({ message: t('acknowledgedShown', { count: taken }), color: 'green' }),
      (error: unknown) => notifications.show({ message: saysOf(error), color: 'red', autoClose: false }),
    )
  }
  return (
    <Popover opened={asking} onDismiss={close} width={300} position="bottom-start" withArrow trapFocus>
      <Popover.Target>
        <Button variant="default" size="xs" mb="sm" loading={isPending} onClick={asking ? close : open}>
          {t('acknowledgeShown', { count })}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Text size="sm" mb="sm">
          {t('acknowledgeShownWhy')}
        </Text>
        <Group gap="xs">
          <Button size="xs" onClick={acknowledge}>
            {t('acknowledge')}
          </Button>
          <Button size="xs" variant="default" onClick={close}>
            {shell('cancel')}
          </Button>
        </Group>
      </Popover.Dropdown>
    </Popover>
  )
}
