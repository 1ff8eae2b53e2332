import { Alert, Box, Button, Group, Paper, Text, Title } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconAntenna } from '@tabler/icons-react'
import { Link } from 'react-router'
import { saysOf } from '../../data/api.ts'
import { useChannelTest, useChats, type Chat, type StoredChannel } from '../../data/channels.ts'
import { useMay } from '../../data/session.ts'
import { useWords } from '../../i18n.ts'
import { channelWords } from '../../words/channels.ts'

/** The chats a bot is in. While this is looked at the bot listens, so that a chat it is added to appears. */
export function BotChats({ channel }: { readonly channel: StoredChannel }) {
  const t = useWords(channelWords)
  const { data: chats, error } = useChats(channel.id)
  const problem = error === null ? (chats?.problem ?? null) : saysOf(error)
  return (
    <Paper withBorder p="md">
      <Title order={2}>{t('chats')}</Title>
      <Text size="sm" className="quiet" mb="sm">
        {t('chatsText')}
      </Text>
      {problem !== null && (
        <Alert color="yellow" variant="light" mb="sm">
          {problem}
        </Alert>
      )}
      <div role="list" aria-label={t('chats')} aria-live="polite">
        {chats?.items.map((chat) => (
          <ChatLine key={chat.chat} chat={chat} channel={channel} />
        ))}
      </div>
      {chats?.items.length === 0 && <Text size="sm">{t('noChats')}</Text>}
      {chats?.listening === true && (
        <Group gap="xs" mt="sm">
          <IconAntenna size={18} aria-hidden style={{ color: 'var(--nabat-quiet)' }} />
          <Text size="sm" className="quiet">
            {t('listening')}
          </Text>
        </Group>
      )}
    </Paper>
  )
}

function ChatLine({ chat, channel }: { readonly chat: Chat; readonly channel: StoredChannel }) {
  const t = useWords(channelWords)
  const makesRules = useMay('rules.write')
  const test = useChannelTest()
  const { title, kind, username, member, canPost } = chat
  const send = (): void =>
    test.mutate(
      { id: channel.id, to: { chat: chat.chat, ...(kind === 'private' ? { private: true } : {}) } },
      {
        onSuccess: ({ ok, stages }) =>
          notifications.show(
            ok
              ? { message: t('tested', { title }), color: 'green' }
              : { message: stages.find((each) => !each.ok)?.says ?? '', color: 'red', autoClose: false },
          ),
        onError: (error) => notifications.show({ message: saysOf(error), color: 'red' }),
      },
    )
  return (
    <Group role="listitem" justify="space-between" py="xs" style={{ borderTop: '1px solid var(--nabat-line)' }}>
      <Box flex="1 1 12rem" miw={0}>
        <Text fw={550}>{title}</Text>
        <Text size="sm" className="quiet">
          {[
            t(kind),
            username === null ? '' : `@${username}`,
            chat.chat,
            member ? (canPost ? '' : t('mute')) : t('left'),
          ]
            .filter(Boolean)
            .join(' · ')}
        </Text>
      </Box>
      <Group gap="xs">
        <Button size="xs" variant="default" loading={test.isPending} onClick={send} aria-label={t('testOf', { title })}>
          {t('test')}
        </Button>
        {makesRules && (
          <Button
            size="xs"
            variant="default"
            component={Link}
            to={`/notifications/rules/new?channel=${encodeURIComponent(channel.name)}&chat=${encodeURIComponent(chat.chat)}`}
            aria-label={t('makeRuleOf', { title })}
          >
            {t('makeRule')}
          </Button>
        )}
      </Group>
    </Group>
  )
}
