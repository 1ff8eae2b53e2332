import { ActionIcon, Button, Fieldset, Group, Stack, Text, TextInput } from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import { SecretInput } from '../../components/secret-input.tsx'
import { useWords } from '../../i18n.ts'
import { channelWords } from '../../words/channels.ts'
import type { FieldsProps } from './fields.ts'

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
