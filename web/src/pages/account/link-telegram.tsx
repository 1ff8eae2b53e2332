import { Alert, Box, Button, Group, Menu, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconBrandTelegram, IconCircleCheck } from '@tabler/icons-react'
import type { GivenLink, Profile, ProfileBot } from '@nabat/api/profile.ts'
import { useEffect, useRef, useState } from 'react'
import { saysOf } from '../../data/api.ts'
import { useLinkCode } from '../../data/profile.ts'
import { useWords } from '../../i18n.ts'
import { profileWords } from '../../words/profile.ts'
import { shellWords } from '../../words/shell.ts'
import { TelegramCode } from './telegram-code.tsx'

interface LinkTelegramProps {
  readonly profile: Profile
  /** The channel of the bot that a chat is being linked with. */
  readonly linking: string | null
  readonly setLinking: (channel: string | null) => void
}

/** Links a private chat with a bot: a code is asked for, shown, and waited for. */
export function LinkTelegram({ profile, linking, setLinking }: LinkTelegramProps) {
  const t = useWords(profileWords)
  const code = useLinkCode()
  const [given, setGiven] = useState<GivenLink | null>(null)
  const ask = (channel: string): void =>
    code.mutate(channel, {
      onSuccess: setGiven,
      onError: (error) => {
        notifications.show({ message: saysOf(error), color: 'red' })
        setLinking(null)
      },
    })
  // Asked for once each time that somebody begins.
  useEffect(() => {
    if (linking === null) setGiven(null)
    else ask(linking)
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- only the bot is a reason to ask
  }, [linking])

  const bots = profile.telegram.filter(({ linked }) => !linked)
  if (linking === null) return <Begin bots={bots} begin={setLinking} />
  if (given === null || given.channel !== linking)
    return (
      <Text size="sm" className="quiet" mt="md" role="status">
        {t('makingCode')}
      </Text>
    )
  const bot = profile.telegram.find(({ channel }) => channel === linking)
  // Of an earlier code, until the profile has been asked for anew.
  const state = bot?.code?.expiresAt === given.expiresAt ? bot.code.state : 'waiting'
  if (state === 'linked') return <Linked profile={profile} channel={linking} close={() => setLinking(null)} />
  return (
    <TelegramCode
      key={given.code}
      given={given}
      state={state}
      again={() => ask(linking)}
      asking={code.isPending}
      close={() => setLinking(null)}
    />
  )
}

/** The button that begins; with several bots it asks for which. */
function Begin({ bots, begin }: { readonly bots: readonly ProfileBot[]; readonly begin: (channel: string) => void }) {
  const t = useWords(profileWords)
  const [first] = bots
  if (first === undefined) return null
  const sign = <IconBrandTelegram size={18} aria-hidden />
  if (bots.length === 1)
    return (
      <Button mt="md" variant="default" leftSection={sign} onClick={() => begin(first.channel)}>
        {t('link')}
      </Button>
    )
  return (
    <Menu>
      <Menu.Target>
        <Button mt="md" variant="default" leftSection={sign}>
          {t('link')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {bots.map(({ channel, username }) => (
          <Menu.Item key={channel} onClick={() => begin(channel)}>
            {username === null ? channel : `${channel} · @${username}`}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

interface LinkedProps {
  readonly profile: Profile
  readonly channel: string
  readonly close: () => void
}

/** It has worked: to whom messages go now. */
function Linked({ profile, channel, close }: LinkedProps) {
  const t = useWords(profileWords)
  const shell = useWords(shellWords)
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => place.current?.focus(), [])
  const way = profile.ways.findLast((each) => each.channel === channel && each.removable)
  const name = way?.username == null ? (way?.title ?? way?.destination) : `@${way.username}`
  return (
    <Box mt="md" ref={place} tabIndex={-1}>
      <Alert color="green" variant="light" icon={<IconCircleCheck aria-hidden />} role="status">
        <Stack gap="xs" align="flex-start">
          <Text fw={550}>{name === undefined || name === null ? t('linked') : t('linkedAs', { name })}</Text>
          <Text size="sm">{t('linkedText')}</Text>
          <Group>
            <Button size="xs" variant="default" onClick={close}>
              {shell('close')}
            </Button>
          </Group>
        </Stack>
      </Alert>
    </Box>
  )
}
