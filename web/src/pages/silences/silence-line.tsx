import { Anchor, Box, Button, Group, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconBellOff, IconCheck, IconClock } from '@tabler/icons-react'
import { Link } from 'react-router'
import { durationText } from '../../components/duration.tsx'
import { useOfferUndo } from '../../components/offer-undo.tsx'
import { useUndoableRemove } from '../../components/remove.tsx'
import { TimeText } from '../../components/time-text.tsx'
import { saysOf } from '../../data/api.ts'
import { useSave } from '../../data/entities.ts'
import { silenceOf, type StoredSilence } from '../../data/silences.ts'
import { useWords } from '../../i18n.ts'
import { shellWords } from '../../words/shell.ts'
import { silenceWords } from '../../words/silences.ts'
import { conditionInWords } from '../rules/condition-words.ts'
import { useConditionFields } from '../rules/condition-builder.tsx'

const STATUS = {
  active: { Shape: IconBellOff, colour: 'var(--nabat-warning)' },
  pending: { Shape: IconClock, colour: 'var(--nabat-info)' },
  ended: { Shape: IconCheck, colour: 'var(--nabat-quiet)' },
} as const
const HOUR_MS = 3_600_000

/** One silence: what, why, whose, until when, and what can be done about it at once. */
export function SilenceLine({ silence, writes }: { readonly silence: StoredSilence; readonly writes: boolean }) {
  const t = useWords(silenceWords)
  const { byName } = useConditionFields([])
  const { id, name, comment, status, when, from, until, madeBy } = silence
  const { Shape, colour } = STATUS[status]
  return (
    <Group
      role="listitem"
      align="flex-start"
      wrap="nowrap"
      gap="sm"
      px="md"
      py="sm"
      style={{ borderBottom: '1px solid var(--nabat-line)' }}
    >
      <Shape size={20} role="img" aria-label={t(status)} style={{ color: colour, flex: 'none', marginTop: 2 }} />
      <Box flex={1} miw={0}>
        <Anchor component={Link} to={`/silences/${id}`} fw={550} c="inherit">
          {name}
        </Anchor>
        <Text size="sm">{comment}</Text>
        <Text size="sm" className="quiet" lineClamp={2}>
          {conditionInWords(when, byName)}
        </Text>
        <Text size="sm" className="quiet">
          {status === 'pending' && from !== undefined && (
            <>
              {t('since')} <TimeText at={from} />{' '}
            </>
          )}
          {t('until')} <TimeText at={until} />
          {status === 'active' && ` · ${t('left', { span: durationText(Date.parse(until) - Date.now()) })}`}
          {madeBy !== null && ` · ${madeBy === 'file' ? t('byFile') : t('by', { who: madeBy })}`}
        </Text>
        {writes && <Actions silence={silence} />}
      </Box>
    </Group>
  )
}

function Actions({ silence }: { readonly silence: StoredSilence }) {
  const t = useWords(silenceWords)
  const shell = useWords(shellWords)
  const save = useSave<StoredSilence>('silences')
  const offerUndo = useOfferUndo()
  const { remove } = useUndoableRemove('silences')
  const { id, name, status, until, version } = silence
  const end = (at: number, done: string): void =>
    save.mutate(
      { id, version, entity: { ...silenceOf(silence), until: new Date(at).toISOString() } },
      {
        onSuccess: ({ change }) => offerUndo(done, change),
        onError: (error) => notifications.show({ message: saysOf(error), color: 'red' }),
      },
    )
  return (
    <Group gap="xs" mt="xs">
      {status !== 'ended' && (
        <Button
          size="compact-sm"
          variant="default"
          aria-label={t('hourOf', { name })}
          onClick={() => end(Date.parse(until) + HOUR_MS, t('prolonged', { name }))}
        >
          {t('hour')}
        </Button>
      )}
      {status === 'active' && (
        <Button
          size="compact-sm"
          variant="default"
          aria-label={t('endNowOf', { name })}
          onClick={() => end(Date.now(), t('endedNow', { name }))}
        >
          {t('endNow')}
        </Button>
      )}
      <Button
        size="compact-sm"
        variant="subtle"
        color="gray"
        aria-label={`${shell('remove')}: ${name}`}
        onClick={() => remove(id, name)}
      >
        {shell('remove')}
      </Button>
    </Group>
  )
}
