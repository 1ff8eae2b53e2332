import { ActionIcon, Button, Menu, Stack, Text } from '@mantine/core'
import type { Recipient } from '@nabat/api/rule.ts'
import { IconPlus, IconX } from '@tabler/icons-react'
import { useRef } from 'react'
import { useChannels, type StoredChannel } from '../../data/channels.ts'
import { useWords } from '../../i18n.ts'
import { ruleEditorWords } from '../../words/rule-editor.ts'
import { RecipientFields } from './recipient-fields.tsx'
import { RecipientIcon } from './recipient-icon.tsx'
import { KINDS, newRecipient, shapeOf, type RecipientShape } from './recipient-shape.ts'
import classes from './recipients.module.css'
import { recipientInWords } from './rule-words.ts'
import type { RuleForm } from './rule-form.ts'

interface RecipientsProps extends RuleForm {
  readonly list: 'to' | 'fallback'
  readonly label: string
  readonly add: string
  /** Names of the types the rule is about: they say whom their events name. */
  readonly types: readonly string[]
}

/** Who is told, a line each; several kinds in any order. */
export function Recipients({ form, put, list, label, add, types }: RecipientsProps) {
  const t = useWords(ruleEditorWords)
  const { data: channels = [] } = useChannels()
  const kinds = new Map(channels.map(({ name, kind }) => [name, kind as string]))
  const place = useRef<HTMLDivElement>(null)
  const recipients = form.values[list]
  const focus = (selector: string): void => {
    requestAnimationFrame(() => place.current?.querySelector<HTMLElement>(selector)?.focus())
  }
  const replace = (index: number, by: readonly Recipient[]): void => put(list, recipients.toSpliced(index, 1, ...by))
  return (
    <Stack gap="xs" ref={place} role="group" aria-label={label}>
      {typeof form.errors[list] === 'string' && (
        <Text size="sm" c="var(--nabat-critical)" role="alert">
          {form.errors[list]}
        </Text>
      )}
      {recipients.length > 0 && (
        <div className="rows-list">
          {recipients.map((to, index) => (
            <div key={index} className={classes['line']} role="group" aria-label={recipientInWords(to)} data-recipient>
              <span className={classes['sign']}>
                <RecipientIcon to={to} kinds={kinds} />
              </span>
              <RecipientFields
                to={to}
                shape={shapeOf(to, kinds)}
                channels={channels}
                types={types}
                change={(...by) => replace(index, by)}
                error={(field) => form.errors[field === '' ? `${list}.${index}` : `${list}.${index}.${field}`]}
              />
              <div className={classes['remove']}>
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  aria-label={t('remove', { who: recipientInWords(to) })}
                  onClick={() => {
                    replace(index, [])
                    focus('[data-add]')
                  }}
                >
                  <IconX size={18} aria-hidden />
                </ActionIcon>
              </div>
            </div>
          ))}
        </div>
      )}
      <AddRecipient
        label={add}
        channels={channels}
        add={(shape) => {
          put(list, [...recipients, newRecipient(shape, channels)])
          focus('[data-recipient]:last-child input:not([type="hidden"])')
        }}
      />
    </Stack>
  )
}

interface AddProps {
  readonly label: string
  readonly channels: readonly StoredChannel[]
  readonly add: (shape: RecipientShape) => void
}

function AddRecipient({ label, channels, add }: AddProps) {
  const t = useWords(ruleEditorWords)
  const isThere = (kind: string | undefined): boolean =>
    kind === undefined || channels.some((channel) => channel.kind === kind)
  return (
    <Menu position="bottom-start" returnFocus={false}>
      <Menu.Target>
        <Button
          variant="light"
          size="sm"
          leftSection={<IconPlus size={16} aria-hidden />}
          style={{ alignSelf: 'flex-start' }}
          data-add
        >
          {label}
        </Button>
      </Menu.Target>
      <Menu.Dropdown maw={340}>
        {KINDS.map(({ shape, word, channel }) => (
          <Menu.Item
            key={shape}
            leftSection={<RecipientIcon to={newRecipient(shape, channels)} kinds={new Map([['', channel ?? '']])} />}
            disabled={!isThere(channel)}
            onClick={() => add(shape)}
          >
            {t(word)}
            {!isThere(channel) && (
              <Text size="xs" className="quiet">
                {t('noChannel')}
              </Text>
            )}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
