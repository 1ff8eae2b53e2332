import { Button, Group, Loader, Paper, Text } from '@mantine/core'
import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { memo, useEffect, useRef, useState, type ReactNode } from 'react'
import type { List } from '../data/lists.ts'
import { useWords } from '../i18n.ts'
import { shellWords } from '../words/shell.ts'
import { Failure } from './failure.tsx'
import { Loading } from './loading.tsx'
import { useRowKeys } from './row-keys.ts'

interface RowListProps<Row> {
  readonly list: List<Row>
  /** What the list is of, for screen readers. */
  readonly label: string
  /** Height of a row that has not been measured yet, pixels. */
  readonly height?: number
  /** Draws a row; `before` is the one above it, for headings of groups. */
  readonly children: (row: Row, before: Row | undefined) => ReactNode
  /** In place of a list without rows. */
  readonly empty: ReactNode
}

/** Rows are asked for before the reader gets to them. */
const AHEAD = 20
/** More than this at once is another list, not new rows in it. */
const MOST_FRESH = 100

/**
 * A list of any length: only the rows in sight are drawn, further ones are asked for while scrolling. What comes in at the top
 * does not move who reads further down. Arrows, j and k go from row to row.
 */
export function RowList<Row extends { readonly id: string }>({
  list,
  label,
  height = 64,
  children,
  empty,
}: RowListProps<Row>) {
  const t = useWords(shellWords)
  const place = useRef<HTMLDivElement>(null)
  const { rows, hasMore, loadingMore, more } = list
  const rowsInSight = useWindowVirtualizer<HTMLDivElement>({
    count: rows.length,
    estimateSize: () => height,
    overscan: 10,
    scrollMargin: place.current?.offsetTop ?? 0,
    getItemKey: (index) => rows[index]!.id,
    scrollPaddingStart: 64,
    // At the top new rows are to be seen, further down what is being read stays where it is.
    anchorTo: window.scrollY > (place.current?.offsetTop ?? 0) ? 'end' : 'start',
  })
  const fresh = useFresh(rows)
  const onKeyDown = useRowKeys(rowsInSight, rows.length)
  const shown = rowsInSight.getVirtualItems()
  const last = shown.at(-1)?.index ?? -1
  useEffect(() => {
    if (hasMore && !loadingMore && last >= rows.length - AHEAD) more()
  }, [hasMore, loadingMore, last, rows.length, more])

  if (list.error !== null && list.error !== undefined && rows.length === 0)
    return <Failure error={list.error} again={list.again} />
  if (list.loading) return <Loading />
  // What is looked for may stand further back than the server has looked for this page.
  if (rows.length === 0) return hasMore ? <Loading /> : empty
  return (
    <>
      {list.behind && (
        <Paper withBorder p="xs" mb="xs" role="status" pos="sticky" top={68} style={{ zIndex: 2 }}>
          <Group justify="center" gap="sm">
            <Text size="sm">{t('behind')}</Text>
            <Button
              size="compact-sm"
              variant="light"
              onClick={() => {
                list.refresh()
                window.scrollTo({ top: 0 })
              }}
            >
              {t('showNew')}
            </Button>
          </Group>
        </Paper>
      )}
      <div ref={place} className="rows-list" role="list" aria-label={label} onKeyDown={onKeyDown}>
        <div style={{ height: rowsInSight.getTotalSize(), position: 'relative' }} role="presentation">
          {shown.map(({ index, key, start }) => (
            <div
              key={key}
              role="listitem"
              aria-setsize={hasMore ? -1 : rows.length}
              aria-posinset={index + 1}
              data-index={index}
              className={fresh.has(rows[index]!.id) ? 'row-fresh' : undefined}
              ref={rowsInSight.measureElement}
              style={{
                position: 'absolute',
                insetInline: 0,
                top: 0,
                transform: `translateY(${start - rowsInSight.options.scrollMargin}px)`,
              }}
            >
              <Drawn row={rows[index]!} before={rows[index - 1]} draw={children} />
            </div>
          ))}
        </div>
      </div>
      <Text size="sm" className="quiet" ta="center" py="md" aria-live="polite">
        {loadingMore ? <Loader size="xs" type="dots" aria-label={t('loading')} /> : hasMore ? '' : t('end')}
      </Text>
    </>
  )
}

interface DrawnProps<Row> {
  readonly row: Row
  readonly before: Row | undefined
  readonly draw: (row: Row, before: Row | undefined) => ReactNode
}

/** Scrolling draws the list anew at every frame; the rows that stay are not. */
const Drawn = memo(({ row, before, draw }: DrawnProps<unknown>) => draw(row, before)) as <Row>(
  props: DrawnProps<Row>,
) => ReactNode

/** The rows that have come in at the top while the list was shown. */
function useFresh(rows: readonly { readonly id: string }[]): ReadonlySet<string> {
  const [known, setKnown] = useState<{ first: string | undefined; fresh: ReadonlySet<string> }>({
    first: undefined,
    fresh: new Set(),
  })
  const first = rows[0]?.id
  if (first === known.first) return known.fresh
  const until = rows.slice(0, MOST_FRESH).findIndex(({ id }) => id === known.first)
  const now = { first, fresh: new Set(rows.slice(0, Math.max(0, until)).map(({ id }) => id)) }
  setKnown(now)
  return now.fresh
}
