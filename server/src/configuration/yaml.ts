import { isAlias, isNode, LineCounter, parseDocument, stringify, visit, type Document } from 'yaml'
import { problem, type Problem } from '@nabat/api/text.ts'

/** A parsed file: its value, or what is wrong with its form; `lineOf` finds where a path stands. */
export interface ParsedFile {
  readonly value: unknown
  readonly problems: readonly Problem[]
  readonly lineOf: (path: string) => number | undefined
}

/** Parses YAML (JSON is YAML too). Aliases are bounded, tags of its own kind do nothing. */
export function parseYaml(text: string): ParsedFile {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const problems = document.errors.map((error) => notYaml(error.message, lines, error.pos[0]))
  let value: unknown
  try {
    if (problems.length === 0) value = document.toJS({ maxAliasCount: 1000 })
  } catch (error) {
    // Aliases are followed only now: one that leads nowhere, or so many that they would fill the memory.
    problems.push(notYaml((error as Error).message, lines, strayAlias(document)))
  }
  return { value, problems, lineOf: (path) => lineOf(document, lines, path) }
}

function notYaml(why: string, lines: LineCounter, at: number | undefined): Problem {
  const found = problem('', `Не YAML: ${why}`, `Not YAML: ${why}`)
  return at === undefined ? found : { ...found, line: lines.linePos(at).line }
}

/** Where the first alias stands whose anchor does not stand before it. */
function strayAlias(document: Document): number | undefined {
  const anchors = new Set<string>()
  let at: number | undefined
  visit(document, {
    Node(_key, node) {
      if (!isAlias(node)) {
        if (node.anchor !== undefined) anchors.add(node.anchor)
        return undefined
      }
      if (anchors.has(node.source)) return undefined
      at = node.range?.[0]
      return visit.BREAK
    },
  })
  return at
}

/** The line of the node a JSON pointer names, or of the nearest one above it. */
function lineOf(document: Document, lines: LineCounter, path: string): number | undefined {
  const steps = path.split('/').slice(1)
  for (let length = steps.length; length >= 0; length -= 1) {
    const node = document.getIn(steps.slice(0, length).map(asKey), true)
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line
  }
  return undefined
}

const asKey = (step: string): string | number => (/^\d+$/.test(step) ? Number(step) : step)

/** Writes YAML as people would: short things on a line, nothing folded. */
export const writeYaml = (value: unknown): string =>
  stringify(value, {
    lineWidth: 0,
    aliasDuplicateObjects: false,
    // Hours are quoted: readers of YAML 1.1 (Ansible, PyYAML) take 22:00 for a number in base sixty.
    compat: 'yaml-1.1',
  })
