/*
 * The SQL of the server, read from its sources: every string and template that is a statement, with what is written into
 * it put in its place, so that what no test happens to run is seen as well.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseAst } from 'vitest/node'

export const SOURCES = fileURLToPath(new URL('../../src', import.meta.url))

/** A statement and where it stands, such as `store/sqlite/queue.ts`. */
export interface Found {
  readonly file: string
  readonly sql: string
}

/** A node of the syntax tree (ESTree): its fields by name. */
interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [field: string]: unknown
}

interface Module {
  readonly path: string
  readonly text: string
  /** Constants by name, those within functions too: every name is given once in a file with SQL. */
  readonly constants: ReadonlyMap<string, Node>
  /** Imported names: the file they stand in. */
  readonly imports: ReadonlyMap<string, string>
  readonly nodes: readonly Node[]
}

const isNode = (value: unknown): value is Node => typeof (value as { type?: unknown } | null)?.type === 'string'

function* within(node: Node): Generator<Node> {
  yield node
  for (const value of Object.values(node))
    for (const each of Array.isArray(value) ? value : [value]) if (isNode(each)) yield* within(each)
}

const modules = new Map<string, Module>()

function moduleAt(path: string, text = readFileSync(path, 'utf8')): Module {
  const known = modules.get(path)
  if (known?.text === text) return known
  const nodes = [...within(parseAst(text, { lang: 'ts' }) as unknown as Node)]
  const constants = new Map<string, Node>()
  const imports = new Map<string, string>()
  for (const node of nodes) {
    if (node.type === 'VariableDeclarator' && isNode(node['init']))
      constants.set((node['id'] as { name?: string }).name ?? '', node['init'])
    if (node.type !== 'ImportDeclaration') continue
    const from = (node['source'] as { value: string }).value
    if (!from.startsWith('.')) continue
    for (const each of node['specifiers'] as Node[])
      imports.set((each['local'] as { name: string }).name, join(dirname(path), from))
  }
  const made = { path, text, constants, imports, nodes }
  modules.set(path, made)
  return made
}

/** The text an expression comes to; a part the sources do not say as `{{how it is written}}`. */
function textOf(node: Node, module: Module, bound: Readonly<Record<string, string>> = {}): string {
  const of = (field: string): string => textOf(node[field] as Node, module, bound)
  switch (node.type) {
    case 'Literal':
      return String(node['value'])
    case 'TSAsExpression':
      return of('expression')
    case 'BinaryExpression':
      return of('left') + of('right')
    case 'TemplateLiteral': {
      const written = (node['expressions'] as Node[]).map((each) => textOf(each, module, bound))
      const quasis = (node['quasis'] as { value: { cooked: string } }[]).map(({ value }) => value.cooked)
      return quasis.map((quasi, index) => quasi + (written[index] ?? '')).join('')
    }
    case 'Identifier': {
      const name = node['name'] as string
      const [file, constant] = constantOf(name, module)
      return bound[name] ?? (constant === undefined ? `{{${name}}}` : textOf(constant, file))
    }
    case 'CallExpression': {
      const [file, called] = constantOf((node['callee'] as { name?: string }).name ?? '', module)
      if (called?.type !== 'ArrowFunctionExpression') break
      const given = (node['arguments'] as Node[]).map((each) => textOf(each, module, bound))
      const names = (called['params'] as { name: string }[]).map(({ name }) => name)
      return textOf(called['body'] as Node, file, Object.fromEntries(names.map((name, at) => [name, given[at] ?? ''])))
    }
  }
  return `{{${module.text.slice(node.start, node.end)}}}`
}

function constantOf(name: string, module: Module): [Module, Node | undefined] {
  const from = module.imports.get(name)
  if (from === undefined) return [module, module.constants.get(name)]
  const file = moduleAt(from)
  return [file, file.constants.get(name)]
}

const STATEMENT =
  /^\s*(select\s|insert\s+into\s+\w+|update\s+\w+\s[^.!?]*\bset\s|delete\s+from\s|with\s+(recursive\s+)?\w+\s[^.!?]*\bas\s)/i

/** What a part may come to that only a call says: by how it is written. */
export type Parts = Readonly<Record<string, readonly string[]>>

/** The statements in one file, once for each value of their parts; `text` instead of what stands in it. */
export function statementsOf(path: string, parts: Parts, text?: string): readonly Found[] {
  const module = moduleAt(path, text)
  const file = relative(SOURCES, path)
  return module.nodes
    .filter(({ type, value }) => type === 'TemplateLiteral' || (type === 'Literal' && typeof value === 'string'))
    .map((node) => textOf(node, module).replaceAll(/\s+/g, ' ').trim())
    .filter((sql) => STATEMENT.test(sql))
    .flatMap((sql) => filledIn(sql, parts).map((each) => ({ file, sql: each })))
}

function filledIn(sql: string, parts: Parts): string[] {
  const part = /\{\{(.*?)\}\}/.exec(sql)
  const values = part === null ? undefined : parts[part[1]!]
  return values === undefined ? [sql] : values.flatMap((value) => filledIn(sql.replaceAll(part![0], value), parts))
}

/** Every file of the server that is no test. */
export const SOURCE_FILES: readonly string[] = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !name.includes('specification/'))
  .map((name) => join(SOURCES, name))
  .toSorted()

/** Lists are built by Kysely: each `selectFrom`, the whole of the chain it begins, and where it stands. */
export function chainsOf(path: string, text?: string): readonly { readonly place: string; readonly chain: string }[] {
  const module = moduleAt(path, text)
  const calls = module.nodes.filter((node) => node.type === 'CallExpression')
  return calls
    .filter((node) => (node['callee'] as { property?: { name?: string } }).property?.name === 'selectFrom')
    .map((node) => {
      // The longest call that begins where this one does.
      const whole = calls.filter(({ start }) => start === node.start).toSorted((a, b) => b.end - a.end)[0]!
      return { place: relative(SOURCES, path), chain: module.text.slice(whole.start, whole.end) }
    })
}
