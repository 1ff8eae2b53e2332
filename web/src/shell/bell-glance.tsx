import { Button, Group, ScrollArea, Text } from '@mantine/core'
import { Link } from 'react-router'
import { EntryLink } from '../components/entry-link.tsx'
import { EntryWords } from '../components/entry-words.tsx'
import { Failure } from '../components/failure.tsx'
import { Loading } from '../components/loading.tsx'
import { useNewest } from '../data/inbox.ts'
import { useWords } from '../i18n.ts'
import { inboxWords } from '../words/inbox.ts'

/** The newest of the inbox. `close` is called when somebody goes to one. */
export function BellGlance({ close }: { readonly close: () => void }) {
  const t = useWords(inboxWords)
  const { data: entries, error, refetch } = useNewest()
  return (
    <>
      {entries === undefined ? (
        error === null ? (
          <Loading />
        ) : (
          <Failure error={error} again={() => void refetch()} />
        )
      ) : entries.length === 0 ? (
        <Text className="quiet" p="md">
          {t('nothingNew')}
        </Text>
      ) : (
        <ScrollArea.Autosize mah="60vh" type="auto">
          {entries.map((entry) => (
            <EntryLink key={entry.id} entry={entry} after={close} fallback="/inbox">
              <EntryWords entry={entry} withDate />
            </EntryLink>
          ))}
        </ScrollArea.Autosize>
      )}
      <Group p="xs" justify="center">
        <Button component={Link} to="/inbox" variant="subtle" size="compact-md" onClick={close}>
          {t('openInbox')}
        </Button>
      </Group>
    </>
  )
}
