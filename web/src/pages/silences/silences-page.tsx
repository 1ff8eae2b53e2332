import { Button, Stack } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { Link } from 'react-router'
import { Empty } from '../../components/empty.tsx'
import { Failure } from '../../components/failure.tsx'
import { Loading } from '../../components/loading.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { useEntities } from '../../data/entities.ts'
import { useMay } from '../../data/session.ts'
import type { StoredSilence } from '../../data/silences.ts'
import { useWords } from '../../i18n.ts'
import { shellWords } from '../../words/shell.ts'
import { silenceWords } from '../../words/silences.ts'
import { SilenceLine } from './silence-line.tsx'

const ORDER = { active: 0, pending: 1, ended: 2 } as const

/** What nobody is told of now, was not told of, and will not be. */
export function SilencesPage() {
  const t = useWords(silenceWords)
  const shell = useWords(shellWords)
  const { data: silences, error, refetch } = useEntities<StoredSilence>('silences')
  const [withEnded, setWithEnded] = useState(false)
  const writes = useMay('silences.write')
  const over = silences?.filter(({ status }) => status === 'ended').length ?? 0
  const shown = silences
    ?.filter(({ status }) => withEnded || status !== 'ended')
    .toSorted((a, b) => ORDER[a.status] - ORDER[b.status] || a.until.localeCompare(b.until))
  const add = writes && (
    <Button component={Link} to="/silences/new" leftSection={<IconPlus size={18} aria-hidden />}>
      {t('add')}
    </Button>
  )
  return (
    <>
      <PageHeader title={shell('silences')} text={t('text')}>
        {add}
      </PageHeader>
      {error !== null && <Failure error={error} again={() => void refetch()} />}
      {silences === undefined && error === null && <Loading />}
      {shown?.length === 0 && <Empty title={t('empty')} text={t('emptyText')} />}
      {shown !== undefined && shown.length > 0 && (
        <div className="rows-list" role="list" aria-label={shell('silences')}>
          {shown.map((silence) => (
            <SilenceLine key={silence.id} silence={silence} writes={writes && silence.origin !== 'file'} />
          ))}
        </div>
      )}
      {over > 0 && !withEnded && (
        <Stack align="center" mt="md">
          <Button variant="subtle" onClick={() => setWithEnded(true)}>
            {t('showEnded', { count: over })}
          </Button>
        </Stack>
      )}
    </>
  )
}
