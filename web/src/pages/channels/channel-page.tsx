import { Fieldset, Select, Stack, Switch, TextInput } from '@mantine/core'
import type { ChannelKindName } from '@nabat/api/channel.ts'
import { useState } from 'react'
import { useNavigate, useParams } from 'react-router'
import { Empty } from '../../components/empty.tsx'
import { useEntityForm } from '../../components/entity-form.ts'
import { Failure } from '../../components/failure.tsx'
import { FormFrame } from '../../components/form-frame.tsx'
import { Loading } from '../../components/loading.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { RemoveButton } from '../../components/remove.tsx'
import { useChannels, type StoredChannel } from '../../data/channels.ts'
import { useEntity } from '../../data/entities.ts'
import { useMay } from '../../data/session.ts'
import { say, useWords } from '../../i18n.ts'
import { channelWords } from '../../words/channels.ts'
import { shellWords } from '../../words/shell.ts'
import { ChannelChecks } from './channel-checks.tsx'
import { readChannel, writeChannel, type ChannelValues } from './channel-values.ts'
import { BotChats } from './chats.tsx'
import { DisabledDestinations } from './disabled.tsx'
import { DownNotice } from './down-notice.tsx'
import type { FieldsProps } from './fields.ts'
import { MailFields } from './mail-fields.tsx'
import { MattermostFields } from './mattermost-fields.tsx'
import { TelegramFields } from './telegram-fields.tsx'
import { UsedBy } from './used-by.tsx'
import { WebhookFields } from './webhook-fields.tsx'

const FIELDS: Readonly<Record<ChannelKindName, React.ComponentType<FieldsProps>>> = {
  telegram: TelegramFields,
  smtp: MailFields,
  mattermost: MattermostFields,
  webhook: WebhookFields,
  inbox: () => null,
  push: () => null,
}
const isKind = (kind: string | undefined): kind is ChannelKindName => kind !== undefined && kind in FIELDS
/** Every workspace has these by itself. */
const isOwn = (kind: ChannelKindName): kind is 'inbox' | 'push' => kind === 'inbox' || kind === 'push'
const NEW = { telegram: 'newTelegram', smtp: 'newSmtp', mattermost: 'newMattermost', webhook: 'newWebhook' } as const

/** One way out, or a new one of a kind. */
export function ChannelPage() {
  const { id, kind } = useParams()
  const shell = useWords(shellWords)
  const found = useEntity<StoredChannel>('channels', id)
  const channel = id === undefined ? undefined : found.data
  const wanted = channel?.kind ?? (isKind(kind) ? kind : undefined)
  if (found.error !== null) return <Failure error={found.error} again={() => void found.refetch()} />
  if (id !== undefined && channel === undefined) return <Loading />
  if (wanted === undefined) return <Empty title={shell('noPage')} text={shell('noPageWhy')} />
  return <ChannelForm key={id ?? kind} kind={wanted} channel={channel} />
}

/** A name nobody has taken: «Почта», «Почта 2». */
function freeName(kind: ChannelKindName, taken: readonly StoredChannel[]): string {
  const stem = say(channelWords, kind)
  for (let n = 1; ; n += 1) {
    const name = n === 1 ? stem : `${stem} ${n}`
    if (!taken.some((channel) => channel.name === name)) return name
  }
}

function ChannelForm({
  kind,
  channel,
}: {
  readonly kind: ChannelKindName
  readonly channel: StoredChannel | undefined
}) {
  const t = useWords(channelWords)
  const shell = useWords(shellWords)
  const go = useNavigate()
  const { data: all = [] } = useChannels()
  const [savedAt, setSavedAt] = useState(0)
  const writes = useMay(kind === 'smtp' ? 'mail.write' : 'bots.write')
  const entityForm = useEntityForm<ChannelValues, StoredChannel>({
    section: 'channels',
    entity: channel,
    read: readChannel,
    write: (values) => writeChannel(kind, { ...values, name: values.name === '' ? freeName(kind, all) : values.name }),
    saved: ({ entity }) => {
      setSavedAt(entity.version)
      if (channel === undefined)
        void go(`/notifications/channels/${entity.id}?saved=${entity.version}`, { replace: true })
    },
  })
  const { form } = entityForm
  const Fields = FIELDS[kind]
  const others = all.filter((each) => each.kind === kind && each.id !== channel?.id)
  const locked = channel?.origin === 'file' ? 'file' : writes ? undefined : 'role'
  return (
    <>
      <PageHeader
        title={channel?.name ?? (isOwn(kind) ? t(kind) : t(NEW[kind]))}
        text={isOwn(kind) ? undefined : t(`${kind}Text`)}
        up={{ to: '/notifications', title: shell('notifications') }}
      />
      <Stack gap="xl" maw={760}>
        <FormFrame
          form={entityForm}
          dirty={form.isDirty()}
          locked={locked}
          actions={
            channel !== undefined &&
            !isOwn(kind) && (
              <RemoveButton
                section="channels"
                id={channel.id}
                name={channel.name}
                then={() => void go('/notifications')}
              />
            )
          }
        >
          <Fields form={form} channel={channel} />
          <Fieldset legend={t('name')}>
            <Stack>
              <TextInput
                aria-label={t('name')}
                description={t('nameHint')}
                placeholder={freeName(kind, all)}
                {...form.getInputProps('name')}
              />
              <Switch
                label={t('enabled')}
                description={t('enabledHint')}
                {...form.getInputProps('enabled', { type: 'checkbox' })}
              />
              {others.length > 0 && (
                <Select
                  label={t('backup')}
                  description={t('backupHint')}
                  data={others.map(({ name }) => name)}
                  clearable
                  value={form.values.backup === '' ? null : form.values.backup}
                  onChange={(name) => form.setFieldValue('backup', name ?? '')}
                  error={form.errors['backup']}
                />
              )}
            </Stack>
          </Fieldset>
        </FormFrame>
        {channel !== undefined && !isOwn(kind) && (
          <>
            <DownNotice channel={channel} />
            {writes && <ChannelChecks channel={channel} savedAt={savedAt} />}
            {kind === 'telegram' && writes && <BotChats channel={channel} />}
            <DisabledDestinations channel={channel.name} />
            <UsedBy channel={channel.name} />
          </>
        )}
      </Stack>
    </>
  )
}
