import { isNode, LineCounter, parseDocument, stringify, type Document } from 'yaml'
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
  const problems = document.errors.map((error) => ({
    ...problem('', `Не YAML: ${error.message}`, `Not YAML: ${error.message}`),
    line: lines.linePos(error.pos[0]).line,
  }))
  const value: unknown = problems.length > 0 ? undefined : document.toJS({ maxAliasCount: 1000 })
  return { value, problems, lineOf: (path) => lineOf(document, lines, path) }
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
export const writeYaml = (value: unknown): string => stringify(value, { lineWidth: 0, aliasDuplicateObjects: false })
