import { Accordion, Fieldset, List, Stack, Text, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { SecretInput } from '../../components/secret-input.tsx'
import { Stages } from '../../components/stages.tsx'
import { useChannelCheck } from '../../data/channels.ts'
import { useWords } from '../../i18n.ts'
import { channelWords } from '../../words/channels.ts'
import { writeChannel } from './channel-values.ts'
import type { FieldsProps } from './fields.ts'

/** As long as somebody types, nothing is asked. */
const PAUSE_MS = 600
/** A number, a colon, a key: less than that is no token yet. */
const LOOKS_WHOLE = /^\d+:\S{20,}$/

/** What a check goes by. */
interface Checked {
  readonly token: string
  readonly apiRoot: string
  readonly proxy: string
}

/** A Telegram bot: its token, which is checked at once. */
export function TelegramFields({ form, channel }: FieldsProps) {
  const t = useWords(channelWords)
  const check = useChannelCheck()
  const checkLater = useDebouncedCallback((changed: Checked) => {
    const asked = { ...writeChannel('telegram', { ...form.getValues(), ...changed }), id: channel?.id }
    check.mutate(asked)
  }, PAUSE_MS)
  /** What was found holds no more once any of them changes; a way through a proxy is tried as it is written. */
  const change = (field: keyof Checked, value: string): void => {
    form.setFieldValue(field, value)
    check.reset()
    const { token, apiRoot, proxy } = form.getValues()
    const asked: Checked = { token, apiRoot, proxy, [field]: value }
    if (LOOKS_WHOLE.test(asked.token.trim())) checkLater(asked)
  }
  return (
    <Fieldset legend={t('telegram')}>
      <Stack>
        {channel === undefined && (
          <div>
            <Text size="sm" fw={600}>
              {t('howToBot')}
            </Text>
            <List type="ordered" size="sm" spacing={2}>
              <List.Item>{t('howToBot1')}</List.Item>
              <List.Item>{t('howToBot2')}</List.Item>
              <List.Item>{t('howToBot3')}</List.Item>
            </List>
          </div>
        )}
        <SecretInput
          label={t('token')}
          description={t('tokenHint')}
          value={form.values.token}
          onChange={(token) => change('token', token)}
          error={form.errors['token']}
        />
        <Stages pending={check.isPending} error={check.error} checked={check.data} />
        <Accordion variant="contained" chevronPosition="left">
          <Accordion.Item value="more">
            <Accordion.Control>{t('more')}</Accordion.Control>
            <Accordion.Panel>
              <Stack>
                <TextInput
                  label={t('apiRoot')}
                  description={t('apiRootHint')}
                  placeholder="https://api.telegram.org"
                  {...form.getInputProps('apiRoot')}
                  onChange={({ currentTarget }) => change('apiRoot', currentTarget.value)}
                />
                <TextInput
                  label={t('proxy')}
                  description={t('proxyHint')}
                  {...form.getInputProps('proxy')}
                  onChange={({ currentTarget }) => change('proxy', currentTarget.value)}
                />
              </Stack>
            </Accordion.Panel>
          </Accordion.Item>
        </Accordion>
      </Stack>
    </Fieldset>
  )
}
