import { ActionIcon, Box, Button, Group, Text } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconCircleCheck, IconCircleX } from '@tabler/icons-react'
import type { ProfileWay } from '@nabat/api/profile.ts'
import { ChannelIcon } from '../../components/channel-icon.tsx'
import { TimeText } from '../../components/time-text.tsx'
import { useWords } from '../../i18n.ts'
import { profileWords } from '../../words/profile.ts'

interface OwnWayProps {
  readonly way: ProfileWay
  readonly index: number
  readonly count: number
  readonly move: (by: -1 | 1) => void
  /** Links the chat anew; undefined where that is no way out. */
  readonly relink: (() => void) | undefined
  /** Undefined: it is not for him to take it out. */
  readonly unlink: (() => void) | undefined
}

/** One way to whoever looks: its place, whether it works, and what to do when it does not. */
export function OwnWay({ way, index, count, move, relink, unlink }: OwnWayProps) {
  const t = useWords(profileWords)
  const { channel, kind, destination, title, username, implied, works, says, reason, since } = way
  const name = channel === 'inbox' ? t('inbox') : channel === 'push' ? t('push') : (channel ?? t('noChannel'))
  const chat = username === null ? title : `@${username}`
  const where = chat ?? (kind === 'inbox' || kind === 'push' ? null : destination)
  const isOut = reason === 'destination_disabled'
  const named = { number: index + 1, channel: name }
  const Mark = works ? IconCircleCheck : IconCircleX
  return (
    <Group
      component="li"
      data-way={index}
      gap="xs"
      py="xs"
      align="flex-start"
      wrap="nowrap"
      style={{ borderTop: index === 0 ? undefined : '1px solid var(--nabat-line)' }}
    >
      <Group gap={8} wrap="nowrap" pt={3}>
        <Text size="sm" className="quiet" w={18} ta="right">
          {index + 1}.
        </Text>
        <ChannelIcon kind={kind ?? undefined} />
      </Group>
      <Box flex={1} miw={0}>
        <Group gap={6} wrap="nowrap">
          <Text fw={550}>{name}</Text>
          <Mark
            size={18}
            role="img"
            aria-label={t(works ? 'works' : 'worksNot')}
            style={{ flex: 'none', color: works ? 'var(--nabat-good)' : 'var(--nabat-critical)' }}
          />
        </Group>
        <Text size="sm" className="quiet">
          {[where, implied && kind !== 'push' ? t('implied') : null].filter(Boolean).join(' · ')}
        </Text>
        {!works && (
          <Text size="sm" style={{ color: 'var(--nabat-critical)' }}>
            {says}
            {since !== null && (
              <>
                {' '}
                ({t('since')} <TimeText at={since} />)
              </>
            )}
          </Text>
        )}
        {!works && (
          <Text size="sm">
            {t(isOut && kind === 'telegram' ? 'mendTelegram' : isOut ? 'mendAddress' : 'mendChannel')}
          </Text>
        )}
        <Group gap="xs" mt={isOut || unlink !== undefined ? 4 : 0}>
          {isOut && relink !== undefined && (
            <Button size="compact-sm" variant="light" onClick={relink}>
              {t('relink')}
            </Button>
          )}
          {unlink !== undefined && (
            <Button
              size="compact-sm"
              variant="default"
              onClick={unlink}
              aria-label={t('unlinkOf', { chat: where ?? name })}
            >
              {t('unlink')}
            </Button>
          )}
        </Group>
      </Box>
      <Group gap={4} wrap="nowrap">
        {([-1, 1] as const).map((by) => (
          <ActionIcon
            key={by}
            variant="subtle"
            color="gray"
            data-move={by}
            disabled={channel === null || (by === -1 ? index === 0 : index === count - 1)}
            onClick={() => move(by)}
            aria-label={t(by === -1 ? 'moveUp' : 'moveDown', named)}
          >
            {by === -1 ? <IconArrowUp size={18} aria-hidden /> : <IconArrowDown size={18} aria-hidden />}
          </ActionIcon>
        ))}
      </Group>
    </Group>
  )
}
