import { ActionIcon, Button, Group, Input, Menu, Paper, Stack, Text, TextInput } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconPlus, IconX } from '@tabler/icons-react'
import { useId, useRef } from 'react'
import { ChannelIcon } from '../../components/channel-icon.tsx'
import type { StoredChannel } from '../../data/channels.ts'
import { useEntities } from '../../data/entities.ts'
import { useMay } from '../../data/session.ts'
import { useWords } from '../../i18n.ts'
import { peopleWords } from '../../words/people.ts'
import type { UserFieldsProps } from './user-fields.tsx'
import { moved, type ContactValues } from './user-values.ts'

/** The ways to a person in the order in which they are tried. */
export function ContactsFields({ form }: UserFieldsProps) {
  const t = useWords(peopleWords)
  const id = useId()
  const place = useRef<HTMLDivElement>(null)
  const { data: channels = [] } = useEntities<StoredChannel>('channels', useMay('bots.read', 'mail.read'))
  const { contacts } = form.values
  const set = (next: ContactValues[]): void => {
    form.setFieldValue('contacts', next)
    form.clearErrors()
  }
  const change = (index: number, field: keyof ContactValues, text: string): void =>
    form.setFieldValue(
      'contacts',
      contacts.map((each, at) => (at === index ? { ...each, [field]: text } : each)),
    )
  const focus = (...selectors: readonly string[]): void => {
    requestAnimationFrame(() =>
      selectors
        .map((selector) => place.current?.querySelector<HTMLElement>(selector))
        .find((found) => found instanceof HTMLElement)
        ?.focus(),
    )
  }
  return (
    <div role="group" aria-labelledby={id} ref={place}>
      <Input.Label component="div" id={id}>
        {t('contacts')}
      </Input.Label>
      <Text size="sm" className="quiet" mb="xs">
        {t('contactsHint')}
      </Text>
      <Stack gap="xs" role="list" aria-label={t('contacts')}>
        {contacts.map((contact, index) => (
          <Contact
            // They have no names of their own, and may be alike.
            key={index}
            contact={contact}
            number={index + 1}
            kind={channels.find(({ name }) => name === contact.channel)?.kind}
            change={(field, text) => change(index, field, text)}
            error={(field) =>
              form.errors[`contacts.${index}.${field}`] ?? (field === 'channel' && form.errors[`contacts.${index}`])
            }
            move={(by) => {
              set(moved(contacts, index, by))
              focus(
                // The same button again, or at an end the other one.
                `[data-contact="${index + by}"] [data-move="${by}"]:not(:disabled)`,
                `[data-contact="${index + by}"] [data-move]:not(:disabled)`,
              )
            }}
            remove={() => {
              set(contacts.toSpliced(index, 1))
              focus('[data-add]')
            }}
            isFirst={index === 0}
            isLast={index === contacts.length - 1}
          />
        ))}
      </Stack>
      <Menu>
        <Menu.Target>
          <Button
            data-add
            mt="xs"
            size="xs"
            variant="default"
            leftSection={<IconPlus size={16} aria-hidden />}
            disabled={channels.length === 0}
          >
            {t('addContactWay')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {channels.map(({ id: key, name, kind }) => (
            <Menu.Item
              key={key}
              leftSection={<ChannelIcon kind={kind} size={16} />}
              onClick={() => {
                set([...contacts, { channel: name, address: '', chat: '', topic: '' }])
                focus(`[data-contact="${contacts.length}"] input`)
              }}
            >
              {name}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </div>
  )
}

interface ContactProps {
  readonly contact: ContactValues
  readonly number: number
  readonly kind: StoredChannel['kind'] | undefined
  readonly change: (field: keyof ContactValues, text: string) => void
  readonly error: (field: string) => React.ReactNode
  readonly move: (by: -1 | 1) => void
  readonly remove: () => void
  readonly isFirst: boolean
  readonly isLast: boolean
}

/** What a kind of channels asks for; of one that is not known, what is filled in. */
function fieldsOf(kind: ContactProps['kind'], { address, chat, topic }: ContactValues): (keyof ContactValues)[] {
  if (kind === 'telegram') return ['chat', 'topic']
  if (kind === 'smtp') return ['address']
  if (kind === 'mattermost') return ['chat']
  if (kind !== undefined) return []
  return (
    [
      ['address', address],
      ['chat', chat],
      ['topic', topic],
    ] as const
  ).flatMap(([field, text]) => (text === '' ? [] : [field]))
}

function Contact({ contact, number, kind, change, error, move, remove, isFirst, isLast }: ContactProps) {
  const t = useWords(peopleWords)
  const { channel } = contact
  const named = { number, channel }
  const general = error('channel')
  return (
    <Paper withBorder p="xs" role="listitem" data-contact={number - 1}>
      <Group gap="xs" wrap="nowrap" justify="space-between">
        <Group gap={8} wrap="nowrap" miw={0}>
          <Text size="sm" className="quiet" w={18} ta="right">
            {number}.
          </Text>
          <ChannelIcon kind={kind} />
          <Text size="sm" fw={550}>
            {channel === 'inbox' ? t('inbox') : channel}
          </Text>
        </Group>
        <Group gap={4} wrap="nowrap">
          <ActionIcon
            variant="subtle"
            color="gray"
            data-move={-1}
            disabled={isFirst}
            onClick={() => move(-1)}
            aria-label={t('moveUp', named)}
          >
            <IconArrowUp size={18} aria-hidden />
          </ActionIcon>
          <ActionIcon
            variant="subtle"
            color="gray"
            data-move={1}
            disabled={isLast}
            onClick={() => move(1)}
            aria-label={t('moveDown', named)}
          >
            <IconArrowDown size={18} aria-hidden />
          </ActionIcon>
          <ActionIcon variant="subtle" color="gray" onClick={remove} aria-label={t('removeContact', named)}>
            <IconX size={18} aria-hidden />
          </ActionIcon>
        </Group>
      </Group>
      <Group gap="xs" align="flex-start" mt={4} pl={26}>
        {fieldsOf(kind, contact).map((field) => (
          <TextInput
            key={field}
            size="sm"
            flex={field === 'topic' ? '0 1 7rem' : '1 1 12rem'}
            label={t(field === 'chat' && kind === 'mattermost' ? 'chatName' : `contact-${field as 'chat'}`)}
            value={contact[field]}
            onChange={({ currentTarget }) => change(field, currentTarget.value)}
            error={error(field)}
          />
        ))}
      </Group>
      {general !== undefined && general !== false && (
        <Text size="sm" c="red" role="alert" pl={26}>
          {general}
        </Text>
      )}
    </Paper>
  )
}
