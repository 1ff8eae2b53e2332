import { Alert, Button, Group, Paper, Stack, Text, Title } from '@mantine/core'
import type { Section } from '@nabat/api/configuration.ts'
import { TextDifference } from '../../components/difference.tsx'
import { Failure } from '../../components/failure.tsx'
import { ApiError, type Detail } from '../../data/api.ts'
import type { Applied, useApply } from '../../data/configuration.ts'
import { useWords } from '../../i18n.ts'
import { configurationWords } from '../../words/configuration.ts'
import { sectionWords } from '../../words/sections.ts'

interface PreviewProps {
  readonly look: ReturnType<typeof useApply>
  /** The configuration now, and the file that was given. */
  readonly before: string
  readonly after: string
  /** Why applying failed. */
  readonly error: unknown
  readonly applying: boolean
  readonly apply: () => void
}

/** What applying a file would do, or where its mistakes are. */
export function Preview({ look, before, after, error, applying, apply }: PreviewProps) {
  const t = useWords(configurationWords)
  const failure = look.error ?? error
  if (failure instanceof ApiError && failure.status === 400) return <Mistakes details={failure.details} />
  if (failure !== null) return <Failure error={failure} />
  if (look.data === undefined) return null
  const { created, changed, removed } = look.data
  if (created.length + changed.length + removed.length === 0)
    return (
      <Alert variant="light" role="status">
        {t('nothing')}
      </Alert>
    )
  return (
    <Paper withBorder p="md" role="status">
      <Stack gap="md">
        <Changes applied={look.data} />
        <div>
          <Title order={3} size="h4" mb="xs">
            {t('compare')}
          </Title>
          <TextDifference before={before} after={after} />
        </div>
        <Button
          onClick={apply}
          loading={applying}
          color={removed.length > 0 ? 'red' : 'bell'}
          style={{ alignSelf: 'flex-start' }}
        >
          {t('apply')}
        </Button>
      </Stack>
    </Paper>
  )
}

function Changes({ applied }: { readonly applied: Applied }) {
  const t = useWords(configurationWords)
  const section = useWords(sectionWords)
  return (['created', 'changed', 'removed'] as const).map((kind) => {
    const names = applied[kind]
    if (names.length === 0) return null
    const groups = Map.groupBy(names, (name) => name.split('/')[0]!)
    return (
      <section key={kind}>
        <Title order={2}>{t(kind)}</Title>
        {kind === 'removed' && (
          <Text size="sm" className="quiet">
            {t('removedHint')}
          </Text>
        )}
        {[...groups].map(([group, members]) => (
          <Text key={group} size="sm" mt={4}>
            <b>{section(group as Section)}</b>
            {': '}
            {members.map((name) => name.slice(group.length + 1)).join(', ')}
          </Text>
        ))}
      </section>
    )
  })
}

function Mistakes({ details }: { readonly details: readonly Detail[] }) {
  const t = useWords(configurationWords)
  return (
    <Alert color="red" variant="light" title={t('mistakes', { count: details.length })} role="alert">
      <Stack component="ul" gap={4} m={0} pl="md">
        {details.map(({ path, message, line }) => (
          <li key={`${path} ${message}`}>
            <Group component="span" gap={6} display="inline">
              {line !== undefined && <b>{t('line', { line })}: </b>}
              {message}
            </Group>
          </li>
        ))}
      </Stack>
    </Alert>
  )
}
