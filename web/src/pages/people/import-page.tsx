import { Anchor, Button, FileButton, Group, Paper, Progress, Stack, Text } from '@mantine/core'
import { IconDownload, IconFileSpreadsheet } from '@tabler/icons-react'
import type { ImportReport } from '@nabat/api/people-import.ts'
import { useEffect, useRef, useState, type DragEvent } from 'react'
import { Link } from 'react-router'
import { Failure } from '../../components/failure.tsx'
import { LeaveGuard } from '../../components/leave-guard.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { pathOf } from '../../data/api.ts'
import { importPeople, type ImportProgress } from '../../data/people-import.ts'
import { useWords } from '../../i18n.ts'
import { importWords } from '../../words/people-import.ts'
import { shellWords } from '../../words/shell.ts'
import { ImportPreview } from './import-preview.tsx'

/** How far one has come: a file, what it would do, what it did. */
type Step =
  | { readonly kind: 'none' }
  | { readonly kind: 'reading' | 'writing'; readonly progress: ImportProgress | undefined }
  | { readonly kind: 'shown' | 'done'; readonly report: ImportReport }
  | { readonly kind: 'failed'; readonly error: unknown; readonly report: ImportReport | undefined }

/** People from a table: chosen, looked at row by row, written. */
export function ImportPage() {
  const t = useWords(importWords)
  const shell = useWords(shellWords)
  const [file, setFile] = useState<File | null>(null)
  const [step, setStep] = useState<Step>({ kind: 'none' })
  const going = useRef<AbortController>(undefined)
  useEffect(() => () => going.current?.abort(), [])
  const run = async (of: File, skipWrong: boolean | null, before?: ImportReport): Promise<void> => {
    going.current?.abort()
    const mine = new AbortController()
    going.current = mine
    const kind = skipWrong === null ? 'reading' : 'writing'
    setStep({ kind, progress: undefined })
    try {
      const how = skipWrong === null ? ({ preview: true } as const) : { skipWrong }
      const report = await importPeople(of, how, mine.signal, (progress) => setStep({ kind, progress }))
      setStep({ kind: report.written ? 'done' : 'shown', report })
    } catch (error) {
      // Another file has been chosen meanwhile.
      if (!mine.signal.aborted) setStep({ kind: 'failed', error, report: before })
    }
  }
  const take = (chosen: File | null | undefined): void => {
    if (chosen === null || chosen === undefined) return
    setFile(chosen)
    void run(chosen, null)
  }
  const busy = step.kind === 'reading' || step.kind === 'writing'
  const report = step.kind === 'shown' || step.kind === 'failed' ? step.report : undefined
  return (
    <>
      <LeaveGuard when={step.kind === 'writing'} />
      <PageHeader title={shell('import')} text={t('text')} up={{ to: '/people', title: shell('people') }}>
        <Button
          component="a"
          href={pathOf('/users/import/sample.csv')}
          download="people.csv"
          variant="default"
          leftSection={<IconDownload size={18} aria-hidden />}
        >
          {t('sample')}
        </Button>
      </PageHeader>
      <Stack gap="lg">
        {step.kind !== 'done' && <FilePlace file={file} busy={busy} take={take} />}
        {busy && <Going kind={step.kind} progress={step.progress} />}
        {step.kind === 'failed' && (
          <Failure error={step.error} {...(file === null ? {} : { again: () => void run(file, null) })} />
        )}
        {report !== undefined && file !== null && (
          <ImportPreview report={report} write={(skipWrong) => void run(file, skipWrong, report)} />
        )}
        {step.kind === 'done' && (
          <Done
            report={step.report}
            another={() => {
              setFile(null)
              setStep({ kind: 'none' })
            }}
          />
        )}
      </Stack>
    </>
  )
}

interface FilePlaceProps {
  readonly file: File | null
  readonly busy: boolean
  readonly take: (file: File | null | undefined) => void
}

function FilePlace({ file, busy, take }: FilePlaceProps) {
  const t = useWords(importWords)
  const [over, setOver] = useState(false)
  const drop = (event: DragEvent): void => {
    event.preventDefault()
    setOver(false)
    if (!busy) take(event.dataTransfer.files[0])
  }
  return (
    <Paper
      withBorder
      p="lg"
      onDragOver={(event: DragEvent) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
      style={{
        borderStyle: 'dashed',
        ...(over ? { background: 'var(--nabat-hover)', borderColor: 'var(--nabat-info)' } : {}),
      }}
    >
      <Group gap="md">
        <IconFileSpreadsheet size={28} stroke={1.5} aria-hidden style={{ color: 'var(--nabat-quiet)' }} />
        <div style={{ flex: '1 1 16rem' }}>
          <Text fw={550}>{file === null ? t('drop') : file.name}</Text>
          <Text size="sm" className="quiet">
            {t('limits')}
          </Text>
        </div>
        <FileButton accept=".csv,.xlsx,.txt,text/csv" onChange={take} disabled={busy}>
          {(props) => (
            <Button {...props} variant={file === null ? 'filled' : 'default'} disabled={busy}>
              {t(file === null ? 'choose' : 'chooseAnother')}
            </Button>
          )}
        </FileButton>
      </Group>
    </Paper>
  )
}

function Going({
  kind,
  progress,
}: {
  readonly kind: 'reading' | 'writing'
  readonly progress: ImportProgress | undefined
}) {
  const t = useWords(importWords)
  const { done, total } = progress ?? { done: 0, total: 0 }
  return (
    <div>
      <Text size="sm" mb={6} role="status">
        {t(kind)} {total > 0 && t('progress', { done, total })}
      </Text>
      <Progress value={total === 0 ? 0 : (done / total) * 100} aria-label={t(kind)} animated={total === 0} />
    </div>
  )
}

function Done({ report, another }: { readonly report: ImportReport; readonly another: () => void }) {
  const t = useWords(importWords)
  const { created, changed, failed, groups } = report
  return (
    <Paper withBorder p="md" role="status">
      <Stack gap="sm" align="flex-start">
        <Text fw={550}>{t('doneTitle')}</Text>
        <Text size="sm">
          {[
            t('doneCreated', { count: created }),
            t('doneChanged', { count: changed }),
            ...(failed > 0 ? [t('doneSkipped', { count: failed })] : []),
            ...(groups.length > 0 ? [t('newGroups', { groups: groups.join(', ') })] : []),
          ].join('. ')}
        </Text>
        <Group gap="xs">
          <Button component={Link} to="/people">
            {t('toPeople')}
          </Button>
          <Button variant="default" onClick={another}>
            {t('another')}
          </Button>
        </Group>
        <Text size="sm" className="quiet">
          {t('reachNext')}{' '}
          <Anchor component={Link} to="/reachability" inherit underline="always">
            {t('toReachability')}
          </Anchor>
        </Text>
      </Stack>
    </Paper>
  )
}
