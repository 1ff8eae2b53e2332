import { Alert, Button, Group, Paper, Progress, Text } from '@mantine/core'
import { useRef, useState } from 'react'
import type { DeliveryState } from '../../components/marks.tsx'
import { saysOf } from '../../data/api.ts'
import { actOn, actOnMany, type BulkProgress, type Delivery, type DeliveryAct } from '../../data/deliveries.ts'
import { queries } from '../../data/queries.ts'
import { useWords } from '../../i18n.ts'
import { deliveryWords } from '../../words/deliveries.ts'
import { shellWords } from '../../words/shell.ts'
import { EVERYTHING, NOTHING, withAll, type Selection } from './selection.ts'

interface BulkProps {
  readonly selection: Selection
  readonly tick: (selection: Selection) => void
  /** The rows that have been read. */
  readonly rows: readonly Delivery[]
  /** There are more of them. */
  readonly hasMore: boolean
  /** What the list is narrowed by. */
  readonly filter: Readonly<Record<string, string>>
}

/** What goes on with the ticked deliveries. */
type Work =
  | { readonly kind: 'none' }
  | { readonly kind: 'going'; readonly act: DeliveryAct; readonly progress: BulkProgress | undefined }
  | { readonly kind: 'done'; readonly act: DeliveryAct; readonly result: BulkProgress }
  | { readonly kind: 'failed'; readonly says: string }

/** What all that fit are narrowed to where no state is chosen. */
const ALL_OF = { retry: 'failed', cancel: 'waiting' } as const
const WORDS = { retry: 'retry', cancel: 'cancel' } as const
const ALL_WORDS = { retry: 'retryFailed', cancel: 'cancelWaiting' } as const

/** What can be done with what is ticked. */
function actsOn(selection: Selection, rows: readonly Delivery[], state: string | undefined): readonly DeliveryAct[] {
  if (selection.all && state === undefined) return ['retry', 'cancel']
  const states = selection.all
    ? [state as DeliveryState]
    : rows.filter(({ id }) => selection.ids.has(id)).map((row) => row.state)
  return (['retry', 'cancel'] as const).filter((act) => states.some((each) => actOn(each) === act))
}

/** Ticks many deliveries, tries them again or cancels them, shows how far that has come and what became of it. */
export function Bulk({ selection, tick, rows, hasMore, filter }: BulkProps) {
  const t = useWords(deliveryWords)
  const [work, setWork] = useState<Work>({ kind: 'none' })
  const stop = useRef<AbortController>(undefined)
  const start = async (act: DeliveryAct): Promise<void> => {
    const ending = new AbortController()
    stop.current = ending
    setWork({ kind: 'going', act, progress: undefined })
    const chosen = selection.all ? { filter: { state: ALL_OF[act], ...filter } } : { ids: [...selection.ids] }
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
  const acts = actsOn(selection, rows, filter['state'])
  // Without a state, all that fit are those that call for it most.
  const words = filter['state'] === undefined && selection.all ? ALL_WORDS : WORDS
  if (rows.length === 0 && work.kind === 'none') return null
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
            {acts.map((act) => (
              <Button key={act} size="compact-sm" variant="default" onClick={() => void start(act)}>
                {t(words[act])}
              </Button>
            ))}
            <Button size="compact-sm" variant="subtle" onClick={() => tick(NOTHING)}>
              {t('unselect')}
            </Button>
          </>
        )}
        {!selection.all && count < rows.length && (
          <Button
            size="compact-sm"
            variant="subtle"
            onClick={() =>
              tick(
                withAll(
                  selection,
                  rows.map(({ id }) => id),
                ),
              )
            }
          >
            {t('selectShown')}
          </Button>
        )}
        {!selection.all && hasMore && count === rows.length && (
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
