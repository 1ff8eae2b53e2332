import type { Template } from '@nabat/api/configuration.ts'
import type { PreviewReport, PreviewRequest, VariablesReport } from '@nabat/api/template-preview.ts'
import type { Language } from '@nabat/api/text.ts'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery, type UseQueryResult } from '@tanstack/react-query'
import { language } from '../i18n.ts'
import { call } from './api.ts'
import { useEntities, type Stored } from './entities.ts'
import type { EventRow } from './events.ts'

/** The parts of a template, in the order in which they are read. */
export const PARTS = ['title', 'text', 'letter'] as const
/** One of them. */
export type Part = (typeof PARTS)[number]

/** A template as it is stored. */
export type StoredTemplate = Template &
  Stored & {
    /** The last time it could not be used, and the default words were sent instead; null when it has never failed. */
    readonly lastFailure?: { readonly at: string; readonly says: string; readonly part: Part } | null
    readonly changedBy?: string | null
    readonly changedAt?: string | null
  }

/** All templates of the workspace. */
export const useTemplates = (): UseQueryResult<readonly StoredTemplate[]> => useEntities<StoredTemplate>('templates')

/** What the words of a type may use, and its default words in a language. */
export const useTemplateWords = (type: string, of: Language): UseQueryResult<VariablesReport> =>
  useQuery({
    queryKey: ['configuration', 'template-words', type, of, language()],
    enabled: type !== '',
    queryFn: ({ signal }) =>
      call<VariablesReport>('GET', '/templates/variables', { query: { type, language: of }, signal }),
    // The words of another type are none.
    placeholderData: () => undefined,
  })

/** Somebody who types is waited for this long. */
const TYPING_MS = 250
/** Answers to what stood in the editor a moment ago are of no use. */
const KEPT_MS = 5_000

/** What every medium makes of words that need not be saved; asked anew as they are typed, the earlier request given up. */
export function usePreview(asked: PreviewRequest): UseQueryResult<PreviewReport> & {
  /** It is not yet of what stands in the editor. */
  readonly behind: boolean
} {
  const now = JSON.stringify(asked)
  const [wanted] = useDebouncedValue(now, TYPING_MS)
  const found = useQuery({
    queryKey: ['configuration', 'template-preview', wanted, language()],
    enabled: asked.type !== '',
    gcTime: KEPT_MS,
    queryFn: ({ signal }) =>
      call<PreviewReport>('POST', '/templates/preview', { body: JSON.parse(wanted) as PreviewRequest, signal }),
  })
  return { ...found, behind: wanted !== now || found.isPlaceholderData }
}

/** As many past events are offered to try words on. */
const TRIED = 20

/** The latest events of a type. */
export const useRecentEvents = (type: string, enabled: boolean): UseQueryResult<readonly EventRow[]> =>
  useQuery({
    queryKey: ['events', 'recent', type, language()],
    enabled: enabled && type !== '',
    queryFn: async ({ signal }) =>
      (await call<{ items: EventRow[] }>('GET', '/events', { query: { type, limit: TRIED }, signal })).items,
    placeholderData: () => undefined,
  })
