import { Type } from 'typebox'
import type { Page } from '../../history/page.ts'

/** The query of every list: `?limit=&cursor=`. */
export const Cursor = {
  limit: Type.Optional(
    Type.String({ pattern: '^[1-9]\\d{0,2}$', description: 'Rows of a page, at most 500; by default 50' }),
  ),
  cursor: Type.Optional(Type.String({ maxLength: 200, description: '`next` of the page before' })),
}

/** How the document shows the answer of every list. */
export const LISTED = {
  documented: {
    answer: Type.Object({
      items: Type.Array(Type.Object({})),
      next: Type.Union([Type.String(), Type.Null()], { description: '`cursor` of the next page' }),
    }),
  },
}

const DEFAULT_LIMIT = 50
const MOST = 500

export const pageOf = (query: { limit?: string; cursor?: string }): Page => ({
  limit: Math.min(MOST, Number(query.limit ?? DEFAULT_LIMIT)),
  after: query.cursor,
})

/** The answer of every list. One row more than asked for was read to know whether there is a next page. */
export function listAnswer<Row extends { readonly id: string }>(
  rows: readonly Row[],
  page: Page,
): { items: readonly Row[]; next: string | null } {
  const items = rows.slice(0, page.limit)
  return { items, next: rows.length > page.limit ? (items.at(-1)?.id ?? null) : null }
}
