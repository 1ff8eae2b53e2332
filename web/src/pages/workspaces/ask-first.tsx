import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { WorkspaceAct } from '../../data/workspaces.ts'
import { useWords } from '../../i18n.ts'
import { shellWords } from '../../words/shell.ts'
import { workspaceWords } from '../../words/workspaces.ts'

interface AskFirstProps {
  readonly asked: 'block' | 'remove'
  readonly title: string
  readonly acting: boolean
  readonly close: () => void
  readonly act: (act: WorkspaceAct) => void
}

/** Asks before a whole company is shut: people there notice at once. */
export function AskFirst({ asked, title, acting, close, act }: AskFirstProps) {
  const t = useWords(workspaceWords)
  const shell = useWords(shellWords)
  const [reason, setReason] = useState('')
  return (
    <Modal opened onClose={close} title={t(`${asked}Title`, { title })}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          act(asked === 'block' ? { kind: 'block', reason } : { kind: 'remove' })
        }}
      >
        <Stack>
          <Text>{t(`${asked}Text`)}</Text>
          {asked === 'block' && (
            <TextInput
              label={t('reason')}
              description={t('reasonHint')}
              value={reason}
              onChange={({ currentTarget }) => setReason(currentTarget.value)}
              required
              withAsterisk={false}
              data-autofocus
            />
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {shell('cancel')}
            </Button>
            <Button type="submit" color="red" loading={acting}>
              {asked === 'block' ? t('block') : shell('remove')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
