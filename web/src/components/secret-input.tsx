import { Button, Group, PasswordInput, TextInput, type TextInputProps } from '@mantine/core'
import { useState } from 'react'
import { useWords } from '../i18n.ts'
import { channelWords } from '../words/channels.ts'

interface SecretInputProps extends Pick<TextInputProps, 'label' | 'description' | 'error' | 'placeholder'> {
  readonly value: string
  readonly onChange: (value: string) => void
  readonly onBlur?: () => void
}

/** A reference to a secret that is stored: the secret itself never comes back from the server. */
const isStored = (value: string): boolean => value.startsWith('${secret:')

/** A secret: typed unseen; a stored one is not shown and can be replaced. References such as ${env:X} are shown. */
export function SecretInput({ value, onChange, ...field }: SecretInputProps) {
  const t = useWords(channelWords)
  const [stored, setStored] = useState<string | null>(isStored(value) ? value : null)
  if (isStored(value))
    return (
      <TextInput
        {...field}
        value={t('secretStored')}
        readOnly
        rightSectionWidth={104}
        rightSection={
          <Button
            size="compact-xs"
            variant="subtle"
            onClick={() => {
              setStored(value)
              onChange('')
            }}
          >
            {t('secretReplace')}
          </Button>
        }
      />
    )
  if (value.startsWith('${'))
    return <TextInput {...field} value={value} onChange={({ currentTarget }) => onChange(currentTarget.value)} />
  return (
    <Group align="flex-end" gap="xs" wrap="nowrap">
      <PasswordInput
        {...field}
        flex={1}
        autoComplete="off"
        value={value}
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
      />
      {stored !== null && (
        <Button variant="subtle" onClick={() => onChange(stored)}>
          {t('secretKeep')}
        </Button>
      )}
    </Group>
  )
}
