import { Alert, Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconUsers } from '@tabler/icons-react'
import { useVersions } from '../data/versions.ts'
import { useWords } from '../i18n.ts'
import { conflictWords } from '../words/conflict.ts'
import { shellWords } from '../words/shell.ts'
import { Difference } from './difference.tsx'
import type { Conflict } from './entity-form.ts'

/** Somebody else has saved meanwhile: who, what differs, and whose version stays. */
export function ConflictNotice({ conflict }: { readonly conflict: Conflict }) {
  const t = useWords(conflictWords)
  const shell = useWords(shellWords)
  const [opened, { open, close }] = useDisclosure()
  const { section, id, theirs, mine, takeTheirs, saveMine } = conflict
  const by = useVersions(section, id).data?.[0]?.by
  return (
    <Alert
      color="yellow"
      variant="light"
      icon={<IconUsers aria-hidden />}
      role="alert"
      title={by === undefined ? shell('changedMeanwhile') : t('changedBy', { by })}
    >
      <Stack gap="sm">
        <Text size="sm">{t('choose')}</Text>
        <Group gap="xs">
          <Button size="xs" variant="default" onClick={open}>
            {t('look')}
          </Button>
          <Button size="xs" variant="default" onClick={takeTheirs}>
            {t('theirs')}
          </Button>
          <Button size="xs" variant="light" onClick={saveMine}>
            {t('mine')}
          </Button>
        </Group>
      </Stack>
      <Modal opened={opened} onClose={close} title={t('title')} size="xl">
        <Difference before={theirs} after={mine} />
      </Modal>
    </Alert>
  )
}
