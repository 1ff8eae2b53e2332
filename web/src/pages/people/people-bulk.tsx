import { Alert, Button, Code, Group, Paper, Progress, Stack, Text } from '@mantine/core'
import { useRef, useState } from 'react'
import { saysOf } from '../../data/api.ts'
import { useSave } from '../../data/entities.ts'
import { invite, type StoredUser } from '../../data/people.ts'
import { queries } from '../../data/queries.ts'
import { useWords } from '../../i18n.ts'
import { peopleWords } from '../../words/people.ts'
import { shellWords } from '../../words/shell.ts'
import { ToGroup } from './to-group.tsx'
import { readUser, writeUser } from './user-values.ts'

interface PeopleBulkProps {
  /** Who is ticked. */
  readonly people: readonly StoredUser[]
  readonly clear: () => void
  readonly tickShown: () => void
  /** How many are in sight. */
  readonly shown: number
}

/** What came of it: sentences, links to hand over, who was left out and why. */
interface Outcome {
  readonly says: string
  readonly links: readonly { readonly name: string; readonly link: string }[]
  readonly failures: readonly string[]
}

const nameOf = ({ name, login }: StoredUser): string => name ?? login

/** Invites the ticked people, puts them into a group, or switches them off. */
export function PeopleBulk({ people, clear, tickShown, shown }: PeopleBulkProps) {
  const t = useWords(peopleWords)
  const [done, setDone] = useState<number | null>(null)
  const [outcome, setOutcome] = useState<Outcome | null>(null)
  const stopped = useRef(false)
  const save = useSave<StoredUser>('users')
  /** One after the other: what has gone wrong with one does not keep the others. */
  const each = async (act: (person: StoredUser) => Promise<void>): Promise<string[]> => {
    stopped.current = false
    setOutcome(null)
    const failures: string[] = []
    for (const [index, person] of people.entries()) {
      if (stopped.current) break
      setDone(index)
      try {
        await act(person)
      } catch (error) {
        failures.push(`${nameOf(person)}: ${saysOf(error)}`)
      }
    }
    setDone(null)
    clear()
    await queries.invalidateQueries({ queryKey: ['configuration'] })
    return failures
  }
  const inviteAll = async (): Promise<void> => {
    const links: { name: string; link: string }[] = []
    let sent = 0
    const failures = await each(async (person) => {
      const { sentTo, link } = await invite(person.id)
      if (sentTo !== null) sent += 1
      if (link !== null) links.push({ name: nameOf(person), link })
    })
    setOutcome({ says: t('invitedMany', { count: sent }), links, failures })
  }
  const switchOff = async (): Promise<void> => {
    let off = 0
    const failures = await each(async (person) => {
      const entity = writeUser({ ...readUser(person), enabled: false })
      await save.mutateAsync({ id: person.id, version: person.version, entity })
      off += 1
    })
    setOutcome({ says: t('switchedOff', { count: off }), links: [], failures })
  }
  if (done !== null)
    return (
      <Paper withBorder p="sm" mb="xs" pos="sticky" top={64} style={{ zIndex: 1 }}>
        <Group justify="space-between" mb={6}>
          <Text size="sm" role="status">
            {t('progress', { done, total: people.length })}
          </Text>
          <Button size="compact-sm" variant="default" onClick={() => (stopped.current = true)}>
            {t('stop')}
          </Button>
        </Group>
        <Progress value={(done / people.length) * 100} aria-label={t('working')} />
      </Paper>
    )
  return (
    <Paper mb="xs" py="xs" pos="sticky" top={56} style={{ zIndex: 1 }}>
      <div role="status">{outcome !== null && <Done outcome={outcome} close={() => setOutcome(null)} />}</div>
      <Group gap="xs" mih={28}>
        {people.length > 0 && (
          <>
            <Text size="sm" fw={550} mr="xs" aria-live="polite">
              {t('ticked', { count: people.length })}
            </Text>
            <Button size="compact-sm" onClick={() => void inviteAll()}>
              {t('invite')}
            </Button>
            <ToGroup people={people} clear={clear} />
            <Button size="compact-sm" variant="default" onClick={() => void switchOff()}>
              {t('switchOff')}
            </Button>
            <Button size="compact-sm" variant="subtle" onClick={clear}>
              {t('untick')}
            </Button>
          </>
        )}
        {people.length < shown && (
          <Button
            size="compact-sm"
            variant="subtle"
            onClick={tickShown}
            // On a phone the bar must leave room for the list.
            {...(people.length > 0 ? { visibleFrom: 'sm' } : {})}
          >
            {t('tickShown')}
          </Button>
        )}
      </Group>
    </Paper>
  )
}

function Done({
  outcome: { says, links, failures },
  close,
}: {
  readonly outcome: Outcome
  readonly close: () => void
}) {
  const t = useWords(peopleWords)
  const shell = useWords(shellWords)
  return (
    <Alert
      color={failures.length > 0 ? 'yellow' : 'green'}
      variant="light"
      mb="xs"
      withCloseButton
      onClose={close}
      closeButtonLabel={shell('close')}
    >
      <Stack gap="xs">
        <Text size="sm">{says}</Text>
        {links.length > 0 && (
          <>
            <Text size="sm">{t('handOver')}</Text>
            <Code block tabIndex={0} style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
              {links.map(({ name, link }) => `${name}: ${link}`).join('\n')}
            </Code>
          </>
        )}
        {failures.map((failure) => (
          <Text key={failure} size="sm">
            {failure}
          </Text>
        ))}
      </Stack>
    </Alert>
  )
}
