import type { FieldWords } from '@nabat/api/catalog/event-type.ts'
import type { Severity } from '@nabat/api/severity.ts'
import type { Text } from '@nabat/api/text.ts'
import { useQuery, type UseQueryResult } from '@tanstack/react-query'
import { useMemo } from 'react'
import { language } from '../i18n.ts'
import { call } from './api.ts'

/** A type of events, as the API shows it. */
export interface EventType {
  readonly name: string
  readonly category: string
  readonly categoryTitle: string
  readonly title: Text
  readonly severity: Severity
  readonly raisedBy: Text
  /** JSON Schema of `data`. */
  readonly data: { readonly properties?: Readonly<Record<string, JsonSchema>>; readonly required?: readonly string[] }
  /** What people call the fields of `data`; none of own types. */
  readonly fields: Readonly<Record<string, FieldWords>>
  readonly incident: { readonly key: string; readonly step: string } | null
  readonly relations: Readonly<Record<string, string>>
  readonly example: Readonly<Record<string, unknown>>
  readonly templates: unknown
}

/** What of a JSON Schema the console reads. */
export interface JsonSchema {
  readonly type?: string | readonly string[]
  readonly description?: string
  readonly format?: string
  readonly enum?: readonly unknown[]
  readonly items?: JsonSchema
  readonly properties?: Readonly<Record<string, JsonSchema>>
}

/** Every type there is, the workspace's own too. */
export const useCatalogue = (): UseQueryResult<readonly EventType[]> =>
  useQuery({
    queryKey: ['configuration', 'catalogue', language()],
    queryFn: async ({ signal }) => (await call<{ items: EventType[] }>('GET', '/catalog', { signal })).items,
    staleTime: Number.POSITIVE_INFINITY,
  })

/** Titles of types by name; a type that is not known stands for itself. */
export function useTypeTitle(): (name: string) => string {
  const { data } = useCatalogue()
  const spoken = language()
  const titles = useMemo(() => new Map(data?.map(({ name, title }) => [name, title[spoken]])), [data, spoken])
  return (name) => titles.get(name) ?? name
}
