import { Alert, Autocomplete, Button, Group, List, Stack, Text } from '@mantine/core'
import { IconCheck, IconHelpCircle } from '@tabler/icons-react'
import { useState } from 'react'
import { saysOf } from '../../data/api.ts'
import { useWhy, type Event } from '../../data/events.ts'
import { usePeopleNames } from '../../data/people-names.ts'
import { useWords } from '../../i18n.ts'
import { eventWords } from '../../words/events.ts'

/** Asks about one person or address, and answers in sentences why this event did, or did not, come to them. */
export function WhyNot({ event }: { readonly event: Event }) {
  const t = useWords(eventWords)
  const [typed, setTyped] = useState('')
  const [asked, setAsked] = useState('')
  const people = usePeopleNames(typed)
  const ask = (who: string): void => setAsked(people.find(({ label }) => label === who)?.login ?? who.trim())
  return (
    <Stack gap="md">
      <Text size="sm" className="quiet">
        {t('whyText')}
      </Text>
      <form
        onSubmit={(submitted) => {
          submitted.preventDefault()
          ask(typed)
        }}
      >
        <Group align="flex-end" gap="sm">
          <Autocomplete
            label={t('whyWho')}
            value={typed}
            onChange={setTyped}
            onOptionSubmit={ask}
            data={people.map(({ label }) => label)}
            limit={20}
            w={{ base: '100%', xs: 340 }}
          />
          <Button type="submit" variant="default">
            {t('whyAsk')}
          </Button>
        </Group>
      </form>
      <div aria-live="polite">
        <Answer event={event.id} who={asked} />
      </div>
    </Stack>
  )
}

function Answer({ event, who }: { readonly event: string; readonly who: string }) {
  const { data: why, error } = useWhy(event, who)
  if (who === '') return null
  if (error !== null)
    return (
      <Alert color="red" variant="light">
        {saysOf(error)}
      </Alert>
    )
  if (why === undefined) return null
  return (
    <Alert
      variant="light"
      color={why.told ? 'green' : 'gray'}
      icon={why.told ? <IconCheck aria-hidden /> : <IconHelpCircle aria-hidden />}
    >
      {why.says.length === 1 ? (
        why.says[0]
      ) : (
        <List size="sm" spacing={4}>
          {why.says.map((says) => (
            <List.Item key={says}>{says}</List.Item>
          ))}
        </List>
      )}
    </Alert>
  )
}
