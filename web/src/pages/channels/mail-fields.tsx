import { Accordion, Alert, Fieldset, Group, Select, Stack, Switch, Text, Textarea, TextInput } from '@mantine/core'
import { MAIL_PRESETS, presetOf } from '@nabat/api/mail-presets.ts'
import { SecretInput } from '../../components/secret-input.tsx'
import { useSignedIn } from '../../data/session.ts'
import { language, useWords } from '../../i18n.ts'
import { channelWords } from '../../words/channels.ts'
import type { ChannelValues } from './channel-values.ts'
import type { FieldsProps } from './fields.ts'

const OWN = 'own'
const PORTS = { tls: '465', starttls: '587', none: '25' } as const
const ENCRYPTIONS = ['tls', 'starttls', 'none'] as const

/** Outgoing mail: one form for every door that the sources name, fields appear as the choice demands. */
export function MailFields({ form }: FieldsProps) {
  return (
    <>
      <Connection form={form} />
      <Sender form={form} />
    </>
  )
}

type Form = Pick<FieldsProps, 'form'>

function Connection({ form }: Form) {
  const t = useWords(channelWords)
  const { workspace } = useSignedIn()
  const { values } = form
  /** Mail services let one send as oneself: the mailbox is proposed wherever an address is still missing. */
  const proposeSender = (): void => {
    const { auth, from, replyTo } = form.getValues()
    if (!auth.user.includes('@')) return
    if (from.address === '') form.setFieldValue('from.address', auth.user)
    if (replyTo === '') form.setFieldValue('replyTo', auth.user)
    if (from.name === '') form.setFieldValue('from.name', workspace.title)
  }
  return (
    <Fieldset legend={t('connection')}>
      <Stack>
        <Preset form={form} />
        <Group align="flex-start" grow preventGrowOverflow={false}>
          <TextInput
            label={t('host')}
            description={t('hostHint')}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            miw={220}
            {...form.getInputProps('host')}
          />
          <TextInput
            label={t('port')}
            inputMode="numeric"
            placeholder={PORTS[values.encryption]}
            maw={140}
            {...form.getInputProps('port')}
          />
        </Group>
        <Select
          label={t('encryption')}
          description={t(`${values.encryption}Hint`)}
          data={ENCRYPTIONS.map((value) => ({ value, label: t(value) }))}
          allowDeselect={false}
          {...form.getInputProps('encryption')}
        />
        <Switch label={t('authentication')} {...form.getInputProps('signsIn', { type: 'checkbox' })} />
        {values.signsIn && (
          <Group align="flex-start" grow preventGrowOverflow={false}>
            <TextInput
              label={t('user')}
              autoComplete="off"
              miw={200}
              {...form.getInputProps('auth.user')}
              onBlur={proposeSender}
            />
            <div style={{ minWidth: 200 }}>
              <SecretInput
                label={t('password')}
                value={values.auth.password}
                onChange={(password) => form.setFieldValue('auth.password', password)}
                error={form.errors['auth.password']}
              />
            </div>
          </Group>
        )}
        {values.encryption !== 'none' && (
          <Switch label={t('checkCertificate')} {...form.getInputProps('checkCertificate', { type: 'checkbox' })} />
        )}
        <Accordion variant="contained" chevronPosition="left">
          <Accordion.Item value="more">
            <Accordion.Control>{t('more')}</Accordion.Control>
            <Accordion.Panel>
              <Stack>
                <Textarea
                  label={t('ca')}
                  autosize
                  minRows={2}
                  maxRows={8}
                  classNames={{ input: 'mono' }}
                  {...form.getInputProps('ca')}
                />
                <TextInput
                  label={t('connections')}
                  inputMode="numeric"
                  placeholder="5"
                  maw={160}
                  {...form.getInputProps('connections')}
                />
              </Stack>
            </Accordion.Panel>
          </Accordion.Item>
        </Accordion>
      </Stack>
    </Fieldset>
  )
}

/** A well-known service: fills in what is known of it and says what to do over there. */
function Preset({ form }: Form) {
  const t = useWords(channelWords)
  const known = presetOf(form.values.host)
  const choose = (name: string | null): void => {
    const preset = MAIL_PRESETS.find((each) => each.name === name)
    if (preset === undefined) {
      if (known !== undefined) form.setValues({ host: '', port: '' })
      return
    }
    form.setValues({ host: preset.host, port: String(preset.port), encryption: preset.encryption, signsIn: true })
  }
  return (
    <>
      <Select
        label={t('preset')}
        data={[
          ...MAIL_PRESETS.map(({ name, title }) => ({ value: name, label: title[language()] })),
          { value: OWN, label: t('presetOwn') },
        ]}
        value={known?.name ?? OWN}
        onChange={choose}
        allowDeselect={false}
      />
      {known !== undefined && (
        <Alert variant="light">
          <Text size="sm">{known.instructions[language()]}</Text>
        </Alert>
      )}
    </>
  )
}

const MISSING = [
  ['missingReplyTo', ({ replyTo }: ChannelValues) => replyTo],
  ['missingAddress', ({ from }: ChannelValues) => from.address],
  ['missingName', ({ from }: ChannelValues) => from.name],
] as const

/** The three addresses without which letters wait. */
function Sender({ form }: Form) {
  const t = useWords(channelWords)
  const missing = MISSING.filter(([, of]) => of(form.values).trim() === '').map(([word]) => t(word))
  return (
    <Fieldset legend={t('sender')}>
      <Stack>
        {missing.length > 0 && (
          <Alert variant="light" color="yellow" title={t('notReady')}>
            {t('notReadyText', { what: missing.join(', ') })}
          </Alert>
        )}
        <TextInput
          type="email"
          label={t('replyTo')}
          description={t('replyToHint')}
          {...form.getInputProps('replyTo')}
        />
        <TextInput
          type="email"
          label={t('fromAddress')}
          description={t('fromAddressHint')}
          {...form.getInputProps('from.address')}
        />
        <TextInput label={t('fromName')} {...form.getInputProps('from.name')} />
      </Stack>
    </Fieldset>
  )
}
