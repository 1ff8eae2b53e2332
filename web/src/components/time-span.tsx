import { Select, TextInput } from '@mantine/core'
import { useMemo, useState } from 'react'
import type { Filters } from '../data/filters.ts'
import { dayOf, fromWall, toWall } from '../data/wall-time.ts'
import { useWords } from '../i18n.ts'
import { listWords } from '../words/lists.ts'
import type { Chip } from './filter-bar.tsx'
import { shortTime, useTimeZone } from './time-text.tsx'

/** The filters that say when; `span` is one of the usual ones, counted back from now. */
export const SPAN_FILTERS = ['span', 'from', 'to'] as const
type SpanFilters = Pick<Filters<'span' | 'from' | 'to'>, 'values' | 'put'>

const USUAL = ['hour', 'today', 'week'] as const
const HOUR_MS = 3_600_000

/** Where a usual span begins. */
function beginOf(span: string, now: Date, timeZone: string): string | undefined {
  if (span === 'hour') return new Date(now.getTime() - HOUR_MS).toISOString()
  if (span === 'today') return fromWall(`${dayOf(now, timeZone)}T00:00`, timeZone) ?? undefined
  if (span === 'week') return new Date(now.getTime() - 7 * 24 * HOUR_MS).toISOString()
  return undefined
}

/** The span as the API takes it. It stands still while the page is open, so that a list is not another every second. */
export function useSpan({ span, from, to }: SpanFilters['values']): { from?: string; to?: string } {
  const timeZone = useTimeZone()
  return useMemo(() => {
    const begin = from ?? beginOf(span ?? '', new Date(), timeZone)
    return { ...(begin === undefined ? {} : { from: begin }), ...(to === undefined ? {} : { to }) }
  }, [span, from, to, timeZone])
}

/** What is set of it, in words. */
export function useSpanChips({ values: { span, from, to }, put }: SpanFilters): readonly Chip[] {
  const t = useWords(listWords)
  const timeZone = useTimeZone()
  const usual = USUAL.find((each) => each === span)
  const text = [
    usual === undefined ? undefined : t(usual),
    from === undefined ? undefined : t('since', { at: shortTime(new Date(from), timeZone) }),
    to === undefined ? undefined : t('until', { at: shortTime(new Date(to), timeZone) }),
  ].filter((each) => each !== undefined)
  if (text.length === 0) return []
  return [{ key: 'span', text: text.join(' '), clear: () => put({ span: null, from: null, to: null }) }]
}

/** Asks for a span: one of the usual ones, or from and to on the clock of the person's zone. */
export function TimeSpan({ filters }: { readonly filters: SpanFilters }) {
  const t = useWords(listWords)
  const timeZone = useTimeZone()
  const { values, put } = filters
  const given = values.from !== undefined || values.to !== undefined
  const [own, setOwn] = useState(given)
  const choose = (value: string | null): void => {
    setOwn(value === 'own')
    put({ span: value === 'own' ? null : value, from: null, to: null })
  }
  return (
    <>
      <Select
        label={t('span')}
        placeholder={t('always')}
        data={[...USUAL.map((value) => ({ value, label: t(value) })), { value: 'own', label: t('own') }]}
        value={own || given ? 'own' : (values.span ?? null)}
        onChange={choose}
        clearable
        w={{ base: '100%', xs: 170 }}
      />
      {(own || given) &&
        (['from', 'to'] as const).map((end) => (
          <TextInput
            key={end}
            type="datetime-local"
            label={t(end)}
            value={toWall(values[end], timeZone)}
            onChange={({ currentTarget }) => put({ [end]: fromWall(currentTarget.value, timeZone) })}
            w={{ base: '100%', xs: 210 }}
          />
        ))}
    </>
  )
}
