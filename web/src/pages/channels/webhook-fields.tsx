import { ActionIcon, Button, Fieldset, Group, Stack, Text, TextInput } from '@mantine/core'
import { IconKey, IconPlus, IconX } from '@tabler/icons-react'
import { useState } from 'react'
import { Copyable } from '../../components/copy.tsx'
import { SecretInput } from '../../components/secret-input.tsx'
import { useWords } from '../../i18n.ts'
import { channelWords } from '../../words/channels.ts'
import type { FieldsProps } from './fields.ts'

/** As Standard Webhooks advises: 24 random bytes. */
const newSecret = (): string => `whsec_${btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(24))))}`

/** A receiver that is called over HTTP. */
export function WebhookFields({ form }: FieldsProps) {
  const t = useWords(channelWords)
  const { values, errors } = form
  return (
    <Fieldset legend={t('webhook')}>
      <Stack>
        <TextInput type="url" label={t('url')} placeholder="https://example.ru/nabat" {...form.getInputProps('url')} />
        <SecretInput
          label={t('webhookSecret')}
          description={t('webhookSecretHint')}
          value={values.secret}
          onChange={(secret) => form.setFieldValue('secret', secret)}
          error={errors['secret']}
        />
        <MadeSecret value={values.secret} change={(secret) => form.setFieldValue('secret', secret)} />
        <Stack gap="xs" role="group" aria-label={t('headers')}>
          <Text size="sm" fw={500}>
            {t('headers')}
          </Text>
          {values.headers.map(({ name, value }, index) => (
            <Group key={index} gap="xs" align="flex-end" wrap="nowrap">
              <TextInput
                aria-label={t('header')}
                placeholder="X-Key"
                {...form.getInputProps(`headers.${index}.name`)}
                flex={1}
              />
              <div style={{ flex: 2 }}>
                <SecretInput
                  label={t('value')}
                  value={value}
                  onChange={(typed) => form.setFieldValue(`headers.${index}.value`, typed)}
                  error={errors[`headers.${name}`]}
                />
              </div>
              <ActionIcon
                variant="subtle"
                color="gray"
                size="lg"
                aria-label={t('removeHeader', { name })}
                onClick={() => form.removeListItem('headers', index)}
              >
                <IconX aria-hidden />
              </ActionIcon>
            </Group>
          ))}
          <Button
            variant="subtle"
            size="xs"
            leftSection={<IconPlus size={16} aria-hidden />}
            style={{ alignSelf: 'flex-start' }}
            onClick={() => form.insertListItem('headers', { name: '', value: '' })}
          >
            {t('addHeader')}
          </Button>
        </Stack>
        <TextInput
          label={t('connections')}
          inputMode="numeric"
          placeholder="50"
          maw={160}
          {...form.getInputProps('connections')}
        />
        <TextInput label={t('proxy')} description={t('proxyHint')} {...form.getInputProps('proxy')} />
      </Stack>
    </Fieldset>
  )
}

interface MadeSecretProps {
  readonly value: string
  readonly change: (secret: string) => void
}

/** Makes a secret and shows it as long as the page is open: once it is saved it does not come back from the server. */
function MadeSecret({ value, change }: MadeSecretProps) {
  const t = useWords(channelWords)
  const [made, setMade] = useState<string | null>(null)
  const make = (): void => {
    const secret = newSecret()
    setMade(secret)
    change(secret)
  }
  if (made === null)
    return value === '' ? (
      <Button
        variant="subtle"
        size="xs"
        leftSection={<IconKey size={16} aria-hidden />}
        style={{ alignSelf: 'flex-start' }}
        onClick={make}
      >
        {t('makeSecret')}
      </Button>
    ) : null
  return (
    <Stack gap={4} role="status">
      <Text size="sm">{t('secretMade')}</Text>
      <Copyable text={made} />
    </Stack>
  )
}
