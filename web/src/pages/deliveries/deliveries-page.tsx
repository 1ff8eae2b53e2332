import { useState } from 'react'
import { DayHeading } from '../../components/day-heading.tsx'
import { DeliveryLine } from '../../components/delivery-line.tsx'
import { Empty } from '../../components/empty.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { RowList } from '../../components/row-list.tsx'
import { ShortcutsHint } from '../../components/shortcuts.tsx'
import { useSpan } from '../../components/time-span.tsx'
import { useDeliveries } from '../../data/deliveries.ts'
import { useFilters } from '../../data/filters.ts'
import { useMay } from '../../data/session.ts'
import { useWords } from '../../i18n.ts'
import { deliveryWords } from '../../words/deliveries.ts'
import { eventWords } from '../../words/events.ts'
import { shellWords } from '../../words/shell.ts'
import { Bulk } from './bulk.tsx'
import { DELIVERY_FILTERS, DeliveryFilters } from './delivery-filters.tsx'
import { NOTHING, isTicked, toggled, type Selection } from './selection.ts'

/** Every message to every recipient, the newest first; several can be tried again or cancelled at once. */
export function DeliveriesPage() {
  const t = useWords(deliveryWords)
  const events = useWords(eventWords)
  const shell = useWords(shellWords)
  const filters = useFilters(DELIVERY_FILTERS)
  const { span: _span, from: _from, to: _to, ...narrowed } = filters.values
  const asked: Readonly<Record<string, string>> = { ...narrowed, ...useSpan(filters.values) }
  const list = useDeliveries(asked)
  const mayAct = useMay('deliveries.write')
  const [{ of, selection }, setTicked] = useState({ of: '', selection: NOTHING })
  // What was ticked among other rows is not ticked here.
  const key = JSON.stringify(narrowed) + JSON.stringify(filters.values)
  const ticked = of === key ? selection : NOTHING
  const tick = (now: Selection): void => setTicked({ of: key, selection: now })
  return (
    <>
      <PageHeader title={shell('deliveries')} text={t('text')}>
        <ShortcutsHint more={mayAct ? [[['x'], 'keysSelect']] : []} />
      </PageHeader>
      <DeliveryFilters filters={filters} />
      {mayAct && <Bulk selection={ticked} tick={tick} rows={list.rows} hasMore={list.hasMore} filter={asked} />}
      <RowList
        list={list}
        label={shell('deliveries')}
        empty={
          filters.any ? (
            <Empty title={events('nothingFits')} text={events('nothingFitsText')} />
          ) : (
            <Empty title={t('empty')} text={t('emptyText')} />
          )
        }
      >
        {(row, before) => (
          <>
            <DayHeading at={row.createdAt} before={before?.createdAt} />
            <DeliveryLine
              row={row}
              ticked={isTicked(ticked, row.id)}
              {...(mayAct ? { tick: () => tick(toggled(ticked, row.id)) } : {})}
            />
          </>
        )}
      </RowList>
    </>
  )
}
