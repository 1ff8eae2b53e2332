import { Autocomplete, Button, Checkbox, Group, NumberInput, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { useChats } from '../../data/channels.ts'
import { useWords } from '../../i18n.ts'
import { ruleEditorWords } from '../../words/rule-editor.ts'
import { ChannelSelect, type RecipientFieldsProps } from './recipient-fields.tsx'
import { withField } from './recipient-shape.ts'

/** What the server proposes in place of an id without its minus. */
const proposed = (error: React.ReactNode): string | undefined =>
  typeof error === 'string' ? /-\d{5,}/.exec(error)?.[0] : undefined

/** A chat of a bot: picked among those the bot is in, or typed. */
export function ChatFields(props: RecipientFieldsProps) {
  const t = useWords(ruleEditorWords)
  const { to, channels, change, error } = props
  const [isPicking, setPicking] = useState(false)
  const bot = channels.find(({ name }) => name === to.channel)
  // Asking makes the bot listen, so it is only asked while somebody looks.
  const { data } = useChats(isPicking ? bot?.id : undefined)
  // What was heard stays when the field is left: were a line to vanish then, the button clicked next would move away.
  const chats = data?.items ?? []
  const chat = to.chat === undefined ? '' : String(to.chat)
  const titles = new Map(chats.map(({ chat: id, title }) => [id, title]))
  const isPrivate = to.private === true
  const isPositive = /^[1-9]/.test(chat)
  const meant = proposed(error('chat'))
  return (
    <>
      <Stack gap={6}>
        <Autocomplete
          label={t('chat')}
          placeholder={t('chatHint')}
          description={data?.listening === true && chats.length === 0 ? t('botListens') : titles.get(chat)}
          data={chats.map(({ chat: id }) => id)}
          filter={({ options, search }) =>
            options.filter(
              (each) =>
                !('value' in each) ||
                search === chat ||
                `${each.value} ${titles.get(each.value) ?? ''}`.toLowerCase().includes(search.toLowerCase()),
            )
          }
          renderOption={({ option }) => (
            <span>
              {titles.get(option.value)} <span className="quiet mono">{option.value}</span>
            </span>
          )}
          value={chat}
          onChange={(value) => change({ ...to, chat: value })}
          onOptionSubmit={(value) => {
            const picked = chats.find((each) => each.chat === value)
            change(withField({ ...to, chat: value }, 'private', picked?.kind === 'private' ? true : undefined))
          }}
          onFocus={() => setPicking(true)}
          onBlur={() => setPicking(false)}
          error={error('chat')}
        />
        {data?.problem != null && (
          <Text size="sm" c="var(--nabat-warning)" role="status">
            {data.problem}
          </Text>
        )}
        {meant !== undefined && (
          <Group gap="xs">
            <Button size="compact-sm" variant="light" onClick={() => change({ ...to, chat: meant })}>
              {t('useChat', { chat: meant })}
            </Button>
            <Button size="compact-sm" variant="default" onClick={() => change({ ...to, private: true })}>
              {t('makePrivate')}
            </Button>
          </Group>
        )}
        {(isPrivate || (isPositive && meant === undefined)) && (
          <Checkbox
            size="sm"
            label={t('private')}
            checked={isPrivate}
            onChange={({ currentTarget }) => change(withField(to, 'private', currentTarget.checked || undefined))}
            error={error('private')}
          />
        )}
      </Stack>
      <NumberInput
        label={t('topic')}
        value={to.topic ?? ''}
        onChange={(topic) => change(withField(to, 'topic', typeof topic === 'number' ? topic : undefined))}
        min={1}
        allowDecimal={false}
        hideControls
        error={error('topic')}
      />
      <ChannelSelect {...props} kind="telegram" />
    </>
  )
}
