import { Fieldset, Radio, Stack, TextInput } from '@mantine/core'
import { SecretInput } from '../../components/secret-input.tsx'
import { useWords } from '../../i18n.ts'
import { channelWords } from '../../words/channels.ts'
import type { FieldsProps } from './fields.ts'

/** Mattermost by an incoming webhook, or by a bot account. */
export function MattermostFields({ form }: FieldsProps) {
  const t = useWords(channelWords)
  const { values, errors } = form
  return (
    <Fieldset legend={t('mattermost')}>
      <Stack>
        <Radio.Group label={t('door')} {...form.getInputProps('door')}>
          <Stack gap="xs" mt="xs">
            <Radio value="hook" label={t('doorHook')} description={t('doorHookText')} />
            <Radio value="bot" label={t('doorBot')} description={t('doorBotText')} />
          </Stack>
        </Radio.Group>
        {values.door === 'hook' ? (
          <SecretInput
            label={t('urlHook')}
            placeholder="https://chat.example.ru/hooks/…"
            value={values.url}
            onChange={(url) => form.setFieldValue('url', url)}
            error={errors['url']}
          />
        ) : (
          <>
            <TextInput
              type="url"
              label={t('server')}
              placeholder="https://chat.example.ru"
              {...form.getInputProps('server')}
            />
            <SecretInput
              label={t('botToken')}
              value={values.token}
              onChange={(token) => form.setFieldValue('token', token)}
              error={errors['token']}
            />
          </>
        )}
        <TextInput label={t('room')} description={t('roomHint')} {...form.getInputProps('channel')} />
        <TextInput label={t('proxy')} description={t('proxyHint')} {...form.getInputProps('proxy')} />
      </Stack>
    </Fieldset>
  )
}
