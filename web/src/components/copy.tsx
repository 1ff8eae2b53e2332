import { Button, Code, Group } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { useState } from 'react'
import { useWords } from '../i18n.ts'
import { shellWords } from '../words/shell.ts'

/** A button that copies a text, and says that it has. Without HTTPS browsers refuse: then it says so. */
export function CopyButton({ text, label }: { readonly text: string; readonly label?: string }) {
  const t = useWords(shellWords)
  const [copied, setCopied] = useState(false)
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text)
      setCopied(true)
    } catch {
      notifications.show({ message: t('copyFailed'), color: 'red' })
    }
  }
  return (
    <Button
      variant="default"
      size="xs"
      leftSection={copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
      onClick={() => void copy()}
      onBlur={() => setCopied(false)}
    >
      {copied ? t('copied') : (label ?? t('copy'))}
    </Button>
  )
}

/** A text to be copied: a key, a command, an address. */
export function Copyable({ text }: { readonly text: string }) {
  return (
    <Group gap="xs" align="flex-start" wrap="nowrap">
      <Code block flex={1} miw={0} tabIndex={0} style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
        {text}
      </Code>
      <CopyButton text={text} />
    </Group>
  )
}
