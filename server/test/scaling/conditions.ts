/*
 * What a statement reaches, and by which workspace. A statement is cut into its queries (each `select`, each arm of a
 * union, each `with`); in every query every table of a workspace must be tied to a workspace: its column `workspace`
 * equals a parameter, or that of another relation that is tied itself. Conditions under an `or`, and those of an outer
 * join about its left side, tie nothing.
 */

/** A word, a parameter, a sign; or what stands in parentheses. */
type Token = string | readonly Token[]
type Group = readonly Token[]

interface Relation {
  /** Null for a subquery, a function, or a name given by `with`. */
  readonly table: string | null
  readonly alias: string
}

interface Query {
  readonly relations: readonly Relation[]
  /** `inserted`: the columns of an insert, in their order; null for anything else. */
  readonly inserted: { readonly table: string; readonly columns: Group } | null
  readonly ties: readonly Tie[]
}

/** `alias.column` equals something: `to` is the alias it equals, null for a parameter. */
interface Tie {
  readonly alias: string
  readonly column: string
  readonly to: string | null
}

const LEXEME = /'(?:[^']|'')*'|"[^"]+"|\$\d+|\w+|\?|<>|<=|>=|::|[^\s\w]/g
const isGroup = (token: Token | undefined): token is Group => typeof token === 'object'
const isName = (token: Token | undefined): token is string => typeof token === 'string' && /^[a-z_]\w*$/.test(token)
const isParameter = (token: Token | undefined): boolean => typeof token === 'string' && /^(\?|\$\d+)$/.test(token)

function grouped(sql: string): Group {
  const open: Token[][] = [[]]
  for (const [lexeme] of sql.toLowerCase().matchAll(LEXEME)) {
    if (lexeme === '(') open.push([])
    else if (lexeme === ')') open.at(-2)!.push(open.pop()!)
    else open.at(-1)!.push(lexeme.startsWith('"') ? lexeme.slice(1, -1) : lexeme)
  }
  return open[0]!
}

const BEGINS = new Set(['select', 'insert', 'update', 'delete', 'with'])
const ARMS = new Set(['union', 'except', 'intersect'])
/** Words that no relation is called by. */
const CLAUSES = new Set(
  'on where set using select join left right inner outer cross order group limit returning for with as values union indexed having default'.split(
    ' ',
  ),
)
const ENDS_CONDITION = new Set(
  'join left right inner cross where order group limit returning for having select set values union'.split(' '),
)

/** The queries of a statement, outer ones first, each with the aliases it sees from outside. */
function* queriesOf(group: Group, outside: readonly string[]): Generator<{ query: Query; outside: readonly string[] }> {
  if (typeof group[0] === 'string' && BEGINS.has(group[0])) {
    for (const arm of armsOf(group)) {
      const query = readQuery(arm)
      yield { query, outside }
      const seen = [...outside, ...query.relations.map(({ alias }) => alias)]
      for (const token of arm) if (isGroup(token)) yield* queriesOf(token, seen)
    }
  } else for (const token of group) if (isGroup(token)) yield* queriesOf(token, outside)
}

/** A union is as many queries. What `with` names belongs to the first, whose conditions it does not touch: it is in parentheses. */
function armsOf(group: Group): Group[] {
  const arms: Token[][] = [[]]
  for (const token of group)
    if (typeof token === 'string' && ARMS.has(token)) arms.push([])
    else arms.at(-1)!.push(token)
  return arms
}

function readQuery(tokens: Group): Query {
  const relations: Relation[] = []
  const ties: Tie[] = []
  let inserted: Query['inserted'] = null
  let isOuter = false
  for (const [at, token] of tokens.entries()) {
    const before = tokens[at - 1]
    if (token === 'into') inserted = { table: tokens[at + 1] as string, columns: columnsAfter(tokens, at + 2) }
    else if (token === 'join') {
      isOuter = /^(left|outer)$/.test(String(before))
      relations.push(relationAt(tokens, at + 1))
    } else if ((token === 'from' && before !== 'distinct') || token === 'using') {
      isOuter = false
      relations.push(...listAt(tokens, at + 1))
    } else if (token === 'update' && before !== 'for' && before !== 'do' && before !== 'key')
      relations.push(relationAt(tokens, at + 1))
    else if (token === 'where' || (token === 'on' && tokens[at + 1] !== 'conflict')) {
      const found = tiesIn(conditionAt(tokens, at + 1), relations)
      const joined = relations.at(-1)?.alias
      ties.push(...(token === 'on' && isOuter ? found.filter(({ alias }) => alias === joined) : found))
    }
  }
  return { relations, inserted, ties }
}

const columnsAfter = (tokens: Group, at: number): Group => {
  const columns = tokens[tokens[at] === 'as' ? at + 2 : at]
  return isGroup(columns) ? columns.filter((each) => each !== ',') : []
}

/** `from a, b as c`. */
function listAt(tokens: Group, from: number): Relation[] {
  const list = [relationAt(tokens, from)]
  for (let at = from; at < tokens.length && !CLAUSES.has(String(tokens[at])); at += 1)
    if (tokens[at] === ',') list.push(relationAt(tokens, at + 1))
  return list
}

function relationAt(tokens: Group, from: number): Relation {
  let at = tokens[from] === 'lateral' ? from + 1 : from
  // SQLite: update or ignore.
  if (tokens[at] === 'or') at += 2
  const first = tokens[at]
  const isCall = isGroup(tokens[at + 1])
  at += isCall ? 2 : 1
  if (tokens[at] === 'with') at += 2
  if (tokens[at] === 'as') at += 1
  const next = tokens[at]
  const name = isName(first) && !isCall ? first : null
  return { table: name, alias: isName(next) && !CLAUSES.has(next) ? next : (name ?? '') }
}

/** The tokens of a condition: none when an `or` makes each part of it optional. */
function conditionAt(tokens: Group, from: number): Group {
  const rest = tokens.slice(from)
  const end = rest.findIndex((token) => typeof token === 'string' && ENDS_CONDITION.has(token))
  const condition = end === -1 ? rest : rest.slice(0, end)
  return condition.includes('or') ? [] : condition
}

/** Every `a.column = …`; without an alias it is of the only relation that is a table. */
function tiesIn(condition: Group, relations: readonly Relation[]): Tie[] {
  const tables = relations.filter(({ table }) => table !== null)
  const sole = tables.length === 1 ? tables[0]!.alias : relations.length === 1 ? relations[0]!.alias : ''
  return condition.flatMap((token, at): Tie[] => {
    if (token !== '=') return []
    const left = sideEndingAt(condition, at - 1, sole)
    const right = sideFrom(condition, at + 1, sole)
    return [tie(left, right), tie(right, left)].filter((each) => each !== null)
  })
}

type Side = { readonly alias: string; readonly column: string } | 'parameter' | null

const tie = (one: Side, other: Side): Tie | null =>
  one === null || one === 'parameter' || other === null
    ? null
    : { ...one, to: other === 'parameter' ? null : other.alias }

function sideEndingAt(tokens: Group, at: number, sole: string): Side {
  const token = tokens[at]
  if (isParameter(token)) return 'parameter'
  if (!isName(token)) return null
  return tokens[at - 1] === '.' ? { alias: String(tokens[at - 2]), column: token } : { alias: sole, column: token }
}

function sideFrom(tokens: Group, at: number, sole: string): Side {
  const token = tokens[at]
  if (isParameter(token)) return 'parameter'
  if (token === 'any' && isGroup(tokens[at + 1]) && isParameter((tokens[at + 1] as Group)[0])) return 'parameter'
  if (!isName(token)) return null
  return tokens[at + 1] === '.' ? { alias: token, column: String(tokens[at + 2]) } : { alias: sole, column: token }
}

/** What a statement reaches of some tables without saying of which workspace; in words, none when all is well. */
export function untied(sql: string, tables: ReadonlySet<string>): string[] {
  const faults: string[] = []
  for (const { query, outside } of queriesOf(grouped(sql), [])) {
    const { relations, inserted, ties } = query
    if (inserted !== null && tables.has(inserted.table) && inserted.columns[0] !== 'workspace')
      faults.push(`${inserted.table} is inserted into, and its workspace is not named first`)
    const open = relations.filter(({ table }) => tables.has(table ?? ''))
    const closed = relations.filter((each) => !open.includes(each))
    // A table hides what is called the same outside.
    const tied = new Set([
      ...outside.filter((name) => !open.some(({ alias }) => alias === name)),
      ...closed.map(aliasOf),
    ])
    const isTied = ({ alias }: Relation): boolean =>
      ties.some(
        (each) => each.alias === alias && each.column === 'workspace' && (each.to === null || tied.has(each.to)),
      )
    for (let found = true; found;) {
      found = false
      for (const one of open.filter((each) => !tied.has(each.alias) && isTied(each))) {
        tied.add(one.alias)
        found = true
      }
    }
    const names = (each: Relation): string => (each.alias === each.table ? each.alias : `${each.table} ${each.alias}`)
    for (const one of open.filter((each) => !isTied(each))) faults.push(`${names(one)} is not tied to a workspace`)
  }
  return faults
}

const aliasOf = ({ alias }: Relation): string => alias

/** The places where a table is read without one of the columns being given. */
export function withoutKey(sql: string, table: string, columns: readonly string[]): string[] {
  return [...queriesOf(grouped(sql), [])].flatMap(({ query: { relations, ties } }) =>
    relations
      .filter((each) => each.table === table)
      .filter(({ alias }) => !ties.some((each) => each.alias === alias && columns.includes(each.column)))
      .map(({ alias }) => `${table} ${alias} is read without ${columns.join(' or ')}`),
  )
}

/** The tables a statement names. */
export const tablesOf = (sql: string): string[] =>
  [...queriesOf(grouped(sql), [])].flatMap(({ query: { relations, inserted } }) => [
    ...relations.flatMap(({ table }) => table ?? []),
    ...(inserted === null ? [] : [inserted.table]),
  ])
