import { Alert, Button, Group, Paper, Progress, Text } from '@mantine/core'
import { useRef, useState } from 'react'
import { saysOf } from '../../data/api.ts'
import { actOnMany, type BulkProgress, type BulkResult, type DeliveryAct } from '../../data/deliveries.ts'
import { queries } from '../../data/queries.ts'
import { useWords } from '../../i18n.ts'
import { deliveryWords } from '../../words/deliveries.ts'
import { shellWords } from '../../words/shell.ts'
import { EVERYTHING, NOTHING, withAll, type Selection } from './selection.ts'

interface BulkProps {
  readonly selection: Selection
  readonly tick: (selection: Selection) => void
  /** Ids of the rows that have been read. */
  readonly shown: readonly string[]
  /** What the list is narrowed by. */
  readonly filter: Readonly<Record<string, string>>
}

/** What goes on with the ticked deliveries. */
type Work =
  | { readonly kind: 'none' }
  | { readonly kind: 'going'; readonly act: DeliveryAct; readonly progress: BulkProgress | undefined }
  | { readonly kind: 'done'; readonly act: DeliveryAct; readonly result: BulkResult }
  | { readonly kind: 'failed'; readonly says: string }

/** Ticks many deliveries, tries them again or cancels them, shows how far that has come and what became of it. */
export function Bulk({ selection, tick, shown, filter }: BulkProps) {
  const t = useWords(deliveryWords)
  const [work, setWork] = useState<Work>({ kind: 'none' })
  const stop = useRef<AbortController>(undefined)
  const start = async (act: DeliveryAct): Promise<void> => {
    const ending = new AbortController()
    stop.current = ending
    setWork({ kind: 'going', act, progress: undefined })
    const chosen = selection.all ? { filter } : { ids: [...selection.ids] }
    try {
      const result = await actOnMany(act, chosen, ending.signal, (progress) =>
        setWork({ kind: 'going', act, progress }),
      )
      setWork({ kind: 'done', act, result })
      tick(NOTHING)
    } catch (error) {
      setWork({ kind: 'failed', says: ending.signal.aborted ? t('brokenOff') : saysOf(error) })
    }
    await queries.invalidateQueries({ queryKey: ['deliveries'] })
  }
  const count = selection.ids.size
  if (work.kind === 'going') return <Going work={work} stop={() => stop.current?.abort()} />
  return (
    <Paper className="bulk" mb="xs" py="xs" pos="sticky" top={56} style={{ zIndex: 1 }}>
      <div role="status">
        <Outcome work={work} close={() => setWork({ kind: 'none' })} />
      </div>
      <Group gap="xs">
        {(selection.all || count > 0) && (
          <>
            <Text size="sm" fw={550} mr="xs" aria-live="polite">
              {selection.all ? t('allFit') : t('selected', { count })}
            </Text>
            <Button size="compact-sm" onClick={() => void start('retry')}>
              {t('retry')}
            </Button>
            <Button size="compact-sm" variant="default" onClick={() => void start('cancel')}>
              {t('cancel')}
            </Button>
            <Button size="compact-sm" variant="subtle" onClick={() => tick(NOTHING)}>
              {t('unselect')}
            </Button>
          </>
        )}
        {!selection.all && count < shown.length && (
          <Button size="compact-sm" variant="subtle" onClick={() => tick(withAll(selection, shown))}>
            {t('selectShown')}
          </Button>
        )}
        {!selection.all && (
          <Button size="compact-sm" variant="subtle" onClick={() => tick(EVERYTHING)}>
            {t('selectAll')}
          </Button>
        )}
      </Group>
    </Paper>
  )
}

function Going({ work, stop }: { readonly work: Work & { readonly kind: 'going' }; readonly stop: () => void }) {
  const t = useWords(deliveryWords)
  const { done, total } = work.progress ?? { done: 0, total: 0 }
  const name = t(work.act === 'retry' ? 'retrying' : 'cancelling')
  return (
    <Paper withBorder p="sm" mb="xs" pos="sticky" top={64} style={{ zIndex: 1 }}>
      <Group justify="space-between" mb={6}>
        <Text size="sm" role="status">
          {name} {total > 0 && t('progress', { done, total })}
        </Text>
        <Button size="compact-sm" variant="default" onClick={stop}>
          {t('stop')}
        </Button>
      </Group>
      <Progress value={total === 0 ? 0 : (done / total) * 100} aria-label={name} animated={total === 0} />
    </Paper>
  )
}

function Outcome({ work, close }: { readonly work: Work; readonly close: () => void }) {
  const t = useWords(deliveryWords)
  const shell = useWords(shellWords)
  if (work.kind !== 'done' && work.kind !== 'failed') return null
  const closing = { withCloseButton: true, onClose: close, closeButtonLabel: shell('close'), mb: 'xs' } as const
  if (work.kind === 'failed')
    return (
      <Alert color="red" variant="light" {...closing}>
        {work.says}
      </Alert>
    )
  const { act, result } = work
  const left = result.total - result.done
  return (
    <Alert color={result.done > 0 ? 'green' : 'gray'} variant="light" {...closing}>
      {t(act === 'retry' ? 'doneRetry' : 'doneCancel', { count: result.done })}
      {left > 0 && (
        <>
          {'. '}
          {t(act === 'retry' ? 'leftRetry' : 'leftCancel', { count: left })}
        </>
      )}
    </Alert>
  )
}
