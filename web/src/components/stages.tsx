import { Group, Loader, Stack, Text } from '@mantine/core'
import { IconCircleCheck, IconCircleX } from '@tabler/icons-react'
import { saysOf } from '../data/api.ts'
import type { Checked } from '../data/channels.ts'
import { useWords } from '../i18n.ts'
import { channelWords } from '../words/channels.ts'

interface StagesProps {
  readonly pending: boolean
  readonly error: unknown
  readonly checked: Checked | undefined
}

/** What a check came to, stage by stage: how far it got and what stopped it. */
export function Stages({ pending, error, checked }: StagesProps) {
  const t = useWords(channelWords)
  return (
    <Stack gap={6} role="status" aria-live="polite">
      {pending && (
        <Group gap="xs">
          <Loader size="xs" aria-hidden />
          <Text size="sm">{t('checking')}</Text>
        </Group>
      )}
      {!pending && error !== null && <Line ok={false} says={saysOf(error)} />}
      {!pending && checked !== undefined && (
        <>
          <Text size="sm" fw={600}>
            {t(checked.ok ? 'checkFine' : 'checkFailed')}
          </Text>
          {checked.stages.map(({ stage, ok, says }) => (
            <Line key={stage} ok={ok} says={says} />
          ))}
        </>
      )}
    </Stack>
  )
}

function Line({ ok, says }: { readonly ok: boolean; readonly says: string }) {
  const t = useWords(channelWords)
  const Mark = ok ? IconCircleCheck : IconCircleX
  return (
    <Group gap="xs" wrap="nowrap" align="flex-start">
      <Mark
        size={18}
        role="img"
        aria-label={t(ok ? 'stageFine' : 'stageFailed')}
        style={{ flex: 'none', marginTop: 1, color: ok ? 'var(--nabat-good)' : 'var(--nabat-critical)' }}
      />
      <Text size="sm" style={{ whiteSpace: 'pre-line' }}>
        {says}
      </Text>
    </Group>
  )
}
