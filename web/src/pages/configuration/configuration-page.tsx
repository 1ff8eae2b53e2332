import { Button, FileButton, Group, Stack, Text, Textarea } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconDownload, IconUpload } from '@tabler/icons-react'
import { useState, type DragEvent } from 'react'
import { LeaveGuard } from '../../components/leave-guard.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { pathOf } from '../../data/api.ts'
import { useApply, useExport } from '../../data/configuration.ts'
import { useWords } from '../../i18n.ts'
import { configurationWords } from '../../words/configuration.ts'
import { shellWords } from '../../words/shell.ts'
import { Preview } from './preview.tsx'

/** As the server takes it. */
const MOST_BYTES = 32 * 1024 * 1024

/** The configuration as one file, both ways. */
export function ConfigurationPage() {
  const t = useWords(configurationWords)
  const shell = useWords(shellWords)
  const [text, setText] = useState('')
  const present = useExport()
  const look = useApply()
  const apply = useApply()
  const edit = (value: string): void => {
    setText(value)
    look.reset()
    apply.reset()
  }
  const take = async (file: File | null | undefined): Promise<void> => {
    if (file === null || file === undefined) return
    if (file.size > MOST_BYTES) notifications.show({ message: t('tooLarge'), color: 'red' })
    else edit(await file.text())
  }
  const drop = (event: DragEvent): void => {
    event.preventDefault()
    void take(event.dataTransfer.files[0])
  }
  const done = ({ version }: { version: number }): void => {
    notifications.show({ message: t('applied', { version }), color: 'green' })
    edit('')
  }
  return (
    <>
      <LeaveGuard when={text !== '' && text !== present.data} />
      <PageHeader title={shell('configuration')} text={t('text')}>
        <Button
          component="a"
          href={pathOf('/export')}
          download="nabat.yaml"
          variant="default"
          leftSection={<IconDownload size={18} aria-hidden />}
        >
          {t('download')}
        </Button>
      </PageHeader>
      <Stack gap="md">
        <Textarea
          label={t('yaml')}
          description={t('yamlHint')}
          value={text}
          onChange={({ currentTarget }) => edit(currentTarget.value)}
          onDrop={drop}
          autosize
          minRows={10}
          maxRows={28}
          spellCheck={false}
          classNames={{ input: 'mono' }}
        />
        <Group gap="xs">
          <Button
            disabled={text.trim() === ''}
            loading={look.isPending}
            onClick={() => look.mutate({ text, dryRun: true })}
          >
            {t('preview')}
          </Button>
          <FileButton accept=".yaml,.yml" onChange={(file) => void take(file)}>
            {(props) => (
              <Button {...props} variant="default" leftSection={<IconUpload size={18} aria-hidden />}>
                {t('choose')}
              </Button>
            )}
          </FileButton>
          {text === '' && present.data !== undefined && (
            <Button variant="subtle" onClick={() => edit(present.data)}>
              {t('current')}
            </Button>
          )}
        </Group>
        <Preview
          look={look}
          before={present.data ?? ''}
          after={text}
          error={apply.error}
          applying={apply.isPending}
          apply={() => apply.mutate({ text, dryRun: false }, { onSuccess: done })}
        />
        <Text size="sm" className="quiet">
          {t('owned')}
        </Text>
      </Stack>
    </>
  )
}
