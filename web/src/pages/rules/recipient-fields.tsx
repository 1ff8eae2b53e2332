import { Select, TextInput } from '@mantine/core'
import { ROLES, type Group } from '@nabat/api/configuration.ts'
import type { Recipient } from '@nabat/api/rule.ts'
import type { ReactNode } from 'react'
import { channelInWords } from '../../components/channel-name.ts'
import { PersonInput } from '../../components/people-input.tsx'
import type { StoredChannel } from '../../data/channels.ts'
import { useEntities } from '../../data/entities.ts'
import { useMay } from '../../data/session.ts'
import { useWords } from '../../i18n.ts'
import { ruleEditorWords } from '../../words/rule-editor.ts'
import { ChatFields } from './chat-fields.tsx'
import { withField, type RecipientShape } from './recipient-shape.ts'
import classes from './recipients.module.css'
import { RelationFields } from './relation-fields.tsx'
import { roleInWords } from './rule-words.ts'

/** What the fields of a recipient are given. */
export interface RecipientFieldsProps {
  readonly to: Recipient
  readonly channels: readonly StoredChannel[]
  /** Puts one or several in its place. */
  readonly change: (...by: Recipient[]) => void
  /** What the server says of a field; of the recipient as a whole with an empty name. */
  readonly error: (field: string) => ReactNode
}

type AnyFieldsProps = RecipientFieldsProps & { readonly shape: RecipientShape; readonly types: readonly string[] }

/** The fields of one recipient, by its shape. */
export function RecipientFields(props: AnyFieldsProps) {
  const { shape } = props
  return (
    <div className={classes['fields']}>
      {shape === 'telegram' && <ChatFields {...props} />}
      {shape === 'smtp' && <MailFields {...props} />}
      {shape === 'mattermost' && <MattermostFields {...props} />}
      {shape === 'webhook' && <ChannelSelect {...props} kind="webhook" always />}
      {shape === 'user' && <UserFields {...props} />}
      {shape === 'role' && <RoleFields {...props} />}
      {shape === 'group' && <GroupFields {...props} />}
      {shape === 'relation' && <RelationFields {...props} />}
    </div>
  )
}

interface ChannelSelectProps extends RecipientFieldsProps {
  readonly kind: string
  /** Also when there is nothing to choose. */
  readonly always?: boolean
}

/** Which channel of a kind; not shown where there is only one. */
export function ChannelSelect({ to, channels, change, error, kind, always = false }: ChannelSelectProps) {
  const t = useWords(ruleEditorWords)
  const names = channels.filter((channel) => channel.kind === kind).map(({ name }) => name)
  const isKnown = to.channel !== undefined && names.includes(to.channel)
  const isWrong = error('channel') !== undefined || error('') !== undefined
  if (names.length < 2 && isKnown && !always && !isWrong) return null
  return (
    <Select
      label={t('channel')}
      data={isKnown || to.channel === undefined || to.channel === '' ? names : [to.channel, ...names]}
      value={to.channel === '' ? null : (to.channel ?? null)}
      onChange={(channel) => channel !== null && change({ ...to, channel })}
      allowDeselect={false}
      error={error('channel') ?? error('')}
    />
  )
}

/** By which way alone a person is reached; by default the one they prefer. */
export function ThroughSelect({ to, channels, change, error }: RecipientFieldsProps) {
  const t = useWords(ruleEditorWords)
  const own = channels.filter(({ kind }) => kind !== 'webhook').map(({ name }) => name)
  // Everybody has an inbox, and it is offered to those as well who may look at no channels.
  const names = own.includes('inbox') ? own : [...own, 'inbox']
  const isKnown = to.channel === undefined || names.includes(to.channel)
  return (
    <Select
      label={t('through')}
      data={[
        { value: '', label: t('anyChannel') },
        ...(isKnown ? names : [to.channel!, ...names]).map((name) => ({ value: name, label: channelInWords(name) })),
      ]}
      value={to.channel ?? ''}
      onChange={(channel) => change(withField(to, 'channel', channel === null || channel === '' ? undefined : channel))}
      allowDeselect={false}
      error={error('channel')}
    />
  )
}

function MailFields(props: RecipientFieldsProps) {
  const t = useWords(ruleEditorWords)
  const { to, change, error } = props
  /** Several addresses typed or pasted at once are a recipient each. */
  const split = (text: string): void => {
    const addresses = text.split(/[\s,;]+/).filter((each) => each !== '')
    if (addresses.length > 1) change(...addresses.map((address) => ({ ...to, address })))
  }
  return (
    <>
      <TextInput
        label={t('address')}
        placeholder={t('addressHint')}
        autoComplete="off"
        value={to.address ?? ''}
        onChange={({ currentTarget }) => change({ ...to, address: currentTarget.value })}
        onBlur={({ currentTarget }) => split(currentTarget.value)}
        error={error('address') ?? error('')}
      />
      <ChannelSelect {...props} kind="smtp" />
    </>
  )
}

function MattermostFields(props: RecipientFieldsProps) {
  const t = useWords(ruleEditorWords)
  const { to, change, error } = props
  return (
    <>
      <TextInput
        label={t('chatMattermost')}
        value={to.chat === undefined ? '' : String(to.chat)}
        onChange={({ currentTarget: { value } }) => change(withField(to, 'chat', value === '' ? undefined : value))}
        error={error('chat') ?? error('')}
      />
      <ChannelSelect {...props} kind="mattermost" />
    </>
  )
}

function UserFields(props: RecipientFieldsProps) {
  const t = useWords(ruleEditorWords)
  const { to, change, error } = props
  return (
    <>
      <PersonInput
        label={t('user')}
        placeholder={t('people')}
        value={to.user ?? ''}
        onChange={(user) => change({ ...to, user })}
        error={error('user') ?? error('')}
      />
      <ThroughSelect {...props} />
    </>
  )
}

function RoleFields(props: RecipientFieldsProps) {
  const t = useWords(ruleEditorWords)
  const { to, change, error } = props
  const roles: readonly string[] = ROLES.some((role) => role === to.role) ? ROLES : [to.role!, ...ROLES]
  return (
    <>
      <Select
        label={t('role')}
        data={roles.map((role) => ({ value: role, label: roleInWords(role) }))}
        value={to.role ?? null}
        onChange={(role) => role !== null && change({ ...to, role })}
        allowDeselect={false}
        error={error('role') ?? error('')}
      />
      <ThroughSelect {...props} />
    </>
  )
}

function GroupFields(props: RecipientFieldsProps) {
  const t = useWords(ruleEditorWords)
  const { to, change, error } = props
  const { data: groups = [] } = useEntities<Group>('groups', useMay('people.read'))
  const names = groups.map(({ name }) => name)
  const { group = '' } = to
  return (
    <>
      <Select
        label={t('group')}
        searchable
        data={group === '' || names.includes(group) ? names : [group, ...names]}
        value={group === '' ? null : group}
        onChange={(next) => next !== null && change({ ...to, group: next })}
        allowDeselect={false}
        error={error('group') ?? error('')}
      />
      <ThroughSelect {...props} />
    </>
  )
}
