import { Paper, Stack, Text, Title } from '@mantine/core'
import { Failure } from '../../components/failure.tsx'
import { WayLine } from '../../components/way-line.tsx'
import { useReach, type StoredUser } from '../../data/people.ts'
import { useMay } from '../../data/session.ts'
import { useWords } from '../../i18n.ts'
import { peopleWords } from '../../words/people.ts'

/** How somebody is reached just now, way by way, in sentences. */
export function UserReach({ user }: { readonly user: StoredUser }) {
  const t = useWords(peopleWords)
  const may = useMay('reachability.read')
  const { data: reach, error, refetch } = useReach(user.login, may)
  if (!may) return null
  return (
    <Paper component="section" withBorder p="md" mb="md" aria-labelledby="reach">
      <Title order={2} id="reach" mb="xs">
        {t('reachNow')}
      </Title>
      {error !== null && <Failure error={error} again={() => void refetch()} />}
      {reach !== undefined && (
        <Stack gap="xs" aria-live="polite">
          <Text size="sm" style={reach.reachable ? undefined : { color: 'var(--nabat-critical)' }}>
            {reach.reachable ? t('isReached') : t('isNotReached', { why: reach.says ?? '' })}
          </Text>
          {reach.contacts.length > 0 && (
            <ol className="plain">
              {reach.contacts.map((way) => (
                <WayLine key={`${way.channel} ${way.destination}`} way={way} />
              ))}
            </ol>
          )}
          {reach.contacts.length === 0 && (
            <Text size="sm" className="quiet">
              {t('noWays')}
            </Text>
          )}
        </Stack>
      )}
    </Paper>
  )
}
