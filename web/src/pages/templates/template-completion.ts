import {
  pickedCompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
} from '@codemirror/autocomplete'
import type { EditorView } from '@codemirror/view'
import type { TemplateVariable, VariablesReport } from '@nabat/api/template-preview.ts'
import { placeAfter, type Place } from './template-place.ts'

/** What is proposed while a template is typed; in its text only when it is asked for, or a bare word begins. */
export function completeTemplate(
  context: CompletionContext,
  report: VariablesReport | undefined,
): CompletionResult | null {
  if (report === undefined) return null
  const place = placeAfter(context.state.sliceDoc(0, context.pos))
  const { kind, from } = place
  const typed = context.state.sliceDoc(from, context.pos)
  if (kind === 'variable')
    return { from, options: report.variables.map((each) => named(each, place)), validFor: /^[\w.-]*$/ }
  if (kind === 'filter') return { from, options: report.filters.map((each) => filter(each)), validFor: /^\w*$/ }
  if (kind === 'tag') return { from, options: report.tags.map((each) => tag(each, place)), validFor: /^\w*$/ }
  const bare = report.bare.map((each) => written(each))
  if (context.explicit) return { from, options: [...bare, ...report.variables.map((each) => written(each))] }
  return bare.length > 0 && /^[A-Z]{2}/.test(typed) ? { from, options: bare } : null
}

/** A filter or a tag. */
type Hint = VariablesReport['filters'][number]

const infoOf = ({ title, example }: TemplateVariable): string => (example === null ? title : `${title}: ${example}`)

/** The name alone, where braces stand already; the closing ones are added when they are missing. */
const named = (variable: TemplateVariable, { opens = 0 }: Place): Completion => ({
  label: variable.name,
  detail: variable.title,
  info: infoOf(variable),
  type: 'variable',
  apply: (view, completion, from, to) => {
    const isOutput = view.state.sliceDoc(opens, opens + 2) === '{{'
    const isClosed = /^[^{]*?[%}]\}/.test(view.state.sliceDoc(to, to + 500))
    const gap = from === opens + 2 ? ' ' : ''
    insert(view, completion, `${gap}${variable.name}`, isOutput && !isClosed ? ' }}' : '', from, to)
  },
})

/** As it is written into the text. */
const written = (variable: TemplateVariable): Completion => ({
  label: variable.name,
  detail: variable.title,
  info: infoOf(variable),
  type: 'variable',
  apply: variable.insert,
})

const filter = ({ name, insert: text, title }: Hint): Completion => ({
  label: name,
  detail: title,
  type: 'function',
  apply: text.replace(/^[\s|]+/, ''),
})

/** A tag that is written whole takes the place of the braces that were begun. */
const tag = ({ name, insert: text, title }: Hint, { opens = 0 }: Place): Completion => ({
  label: name,
  detail: title,
  type: 'keyword',
  apply: (view, completion, from, to) => {
    if (!text.startsWith('{%')) return insert(view, completion, text, '', from, to)
    const closing = /^\s*%\}/.exec(view.state.sliceDoc(to, to + 10))?.[0].length ?? 0
    insert(view, completion, text, '', opens, to + closing)
  },
})

/** Puts text in, and the cursor behind it. */
function insert(view: EditorView, completion: Completion, text: string, after: string, from: number, to: number): void {
  view.dispatch({
    changes: { from, to, insert: text + after },
    selection: { anchor: from + text.length + after.length },
    annotations: pickedCompletion.of(completion),
    userEvent: 'input.complete',
    scrollIntoView: true,
  })
}
