import { Type } from 'typebox'
import { problem } from '@nabat/api/text.ts'
import { INBOX_CURSOR } from '../../history/inbox.ts'
import type { Page } from '../../history/page.ts'
import { isId } from '../../ids.ts'
import { HttpError } from '../errors.ts'

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

/**
 * What the `next` of a list looks like: the id of a row, its number, a change's version and place, a login, a place by name,
 * or the time and id of an entry of an inbox.
 */
const CURSORS = {
  id: isId,
  number: (text: string) => /^\d{1,15}$/.test(text),
  change: (text: string) => /^\d{1,15}\.\d{1,15}$/.test(text),
  login: () => true,
  name: (text: string) => /^\d{1,15}\./.test(text),
  inbox: (text: string) => INBOX_CURSOR.test(text),
} as const

/** The part of a list a request asks for. A cursor that no list of this kind gave is refused: unnoticed it would be page one. */
export function pageOf(query: { limit?: string; cursor?: string }, kind: keyof typeof CURSORS): Page {
  const { limit = DEFAULT_LIMIT, cursor } = query
  if (cursor !== undefined && !CURSORS[kind](cursor))
    throw new HttpError('invalid', [
      problem(
        '/cursor',
        'cursor: такого курсора этот список не давал; возьмите next из ответа на прежнюю страницу или уберите cursor',
        'cursor: this list gave no such cursor; take next from the answer of the page before, or leave cursor out',
      ),
    ])
  return { limit: Math.min(MOST, Number(limit)), after: cursor }
}

/** Fails with the field's name where a query holds something that is no id. `path`: where the query stands. */
export function expectIds(
  query: Readonly<Record<string, string | undefined>>,
  fields: readonly string[],
  path = '',
): void {
  const wrong = fields.filter((field) => query[field] !== undefined && !isId(query[field]))
  if (wrong.length > 0)
    throw new HttpError(
      'invalid',
      wrong.map((field) =>
        problem(
          `${path}/${field}`,
          `${field}: нужен номер вида 01a20374-35af-7001-b3c8-1e3d6c419a30`,
          `${field}: give an id such as 01a20374-35af-7001-b3c8-1e3d6c419a30`,
        ),
      ),
    )
}

/**
 * The answer of every list. One row more than asked for was read to know whether there is a next page; `lookedTo`: where it
 * goes on when a page that is not full was all there was time for.
 */
export function listAnswer<Row extends { readonly id: string }>(
  rows: readonly Row[],
  page: Page,
  lookedTo: string | null = null,
): { items: readonly Row[]; next: string | null } {
  const items = rows.slice(0, page.limit)
  return { items, next: rows.length > page.limit ? (items.at(-1)?.id ?? null) : lookedTo }
}
