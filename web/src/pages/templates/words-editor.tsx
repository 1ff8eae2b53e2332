import { autocompletion, completionKeymap } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { html } from '@codemirror/lang-html'
import { liquid } from '@codemirror/lang-liquid'
import { setDiagnostics, type Action, type Diagnostic } from '@codemirror/lint'
import { EditorState, type Extension, type Text } from '@codemirror/state'
import { EditorView, keymap, lineNumbers, type KeyBinding } from '@codemirror/view'
import type { TemplateMistake, TemplateVariable, VariablesReport } from '@nabat/api/template-preview.ts'
import { useEffect, useImperativeHandle, useRef, type Ref } from 'react'
import type { Part } from '../../data/templates.ts'
import { say } from '../../i18n.ts'
import { pageNonce } from '../../nonce.ts'
import { templateWords } from '../../words/templates.ts'
import { editorLook } from './editor-look.ts'
import { completeTemplate } from './template-completion.ts'
import { placeAfter } from './template-place.ts'

/** What others do to the editor. */
export interface EditorHandle {
  /** Writes a variable where the cursor is, within braces by its name alone, and gives the editor the focus. */
  readonly write: (variable: TemplateVariable) => void
  /** Goes to a place; both count from 1. */
  readonly goTo: (line: number, column: number) => void
}

interface WordsEditorProps {
  readonly part: Part
  readonly label: string
  /** Id of what says more about it. */
  readonly describedBy: string
  readonly value: string
  readonly onChange: (value: string) => void
  readonly locked: boolean
  readonly mistakes: readonly TemplateMistake[]
  /** The server did not take it. */
  readonly isRefused: boolean
  readonly report: VariablesReport | undefined
  readonly ref: Ref<EditorHandle>
}

/** An editor of one part of a template. The Tab key leaves it, as it leaves any field. */
export function WordsEditor(props: WordsEditorProps) {
  const { value, mistakes, locked, part, ref } = props
  const place = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(undefined)
  /** What the editor is told when it asks: it is made once, and outlives many drawings. */
  const latest = useRef(props)
  latest.current = props
  useEffect(() => {
    const made = new EditorView({
      parent: place.current!,
      state: EditorState.create({ doc: latest.current.value, extensions: extensions(part, locked, latest) }),
    })
    view.current = made
    return () => made.destroy()
  }, [part, locked])
  useEffect(() => {
    const { state } = view.current!
    if (state.doc.toString() === value) return
    view.current!.dispatch({ changes: { from: 0, to: state.doc.length, insert: value } })
  }, [value])
  useEffect(() => {
    const { state } = view.current!
    view.current!.dispatch(
      setDiagnostics(
        state,
        mistakes.map((each) => diagnostic(each, state.doc)),
      ),
    )
  }, [mistakes, props.isRefused])
  useImperativeHandle(ref, () => ({
    write: ({ name, insert }) => {
      const { state } = view.current!
      const isInside = placeAfter(state.sliceDoc(0, state.selection.main.from)).kind !== 'text'
      const text = isInside ? name : insert
      view.current!.dispatch(state.replaceSelection(text), { userEvent: 'input', scrollIntoView: true })
      view.current!.focus()
    },
    goTo: (line, column) => {
      const { doc } = view.current!.state
      view.current!.dispatch({ selection: { anchor: offsetOf(doc, line, column) }, scrollIntoView: true })
      view.current!.focus()
    },
  }))
  return <div ref={place} />
}

function extensions(part: Part, locked: boolean, latest: { readonly current: WordsEditorProps }): Extension[] {
  return [
    EditorView.cspNonce.of(pageNonce()),
    history(),
    keymap.of([...completionKeymap, ...(part === 'title' ? [ONE_LINE] : []), ...historyKeymap, ...defaultKeymap]),
    liquid(part === 'letter' ? { base: html() } : {}),
    autocompletion({ override: [(context) => completeTemplate(context, latest.current.report)], icons: false }),
    EditorView.lineWrapping,
    part === 'title' ? [] : lineNumbers(),
    EditorState.readOnly.of(locked),
    EditorView.contentAttributes.of(() => {
      const { label, describedBy, mistakes, isRefused } = latest.current
      const isWrong = isRefused || mistakes.some(({ level }) => level === 'error')
      return {
        'aria-label': label,
        'aria-describedby': describedBy,
        ...(locked ? { 'aria-readonly': 'true' } : {}),
        ...(isWrong ? { 'aria-invalid': 'true' } : {}),
      }
    }),
    EditorView.updateListener.of(({ docChanged, state }) => {
      const text = state.doc.toString()
      if (docChanged && text !== latest.current.value) latest.current.onChange(text)
    }),
    EditorView.domEventHandlers({ beforeinput: typeOver }),
    editorLook,
  ]
}

/**
 * What is typed in place of what is selected. Left to themselves, browsers join the lines with style attributes, which the
 * content security policy refuses (and complains of).
 */
function typeOver(event: InputEvent, view: EditorView): boolean {
  if (event.inputType !== 'insertText' || event.data === null || view.composing || view.state.readOnly) return false
  // Asked of the browser: the editor hears of a selection a moment later.
  const selected = document.getSelection()
  if (selected === null || selected.isCollapsed || !view.contentDOM.contains(selected.anchorNode)) return false
  const range = selected.getRangeAt(0)
  const from = view.posAtDOM(range.startContainer, range.startOffset)
  const to = view.posAtDOM(range.endContainer, range.endOffset)
  view.dispatch({
    changes: { from, to, insert: event.data },
    selection: { anchor: from + event.data.length },
    userEvent: 'input.type',
    scrollIntoView: true,
  })
  return true
}

/** A title has one line. */
const ONE_LINE: KeyBinding = { key: 'Enter', run: () => true }

/** Somewhere in the text; a place that is there no more gives way to the nearest one. */
function offsetOf(doc: Text, line: number, column: number): number {
  const { from, to } = doc.line(Math.min(Math.max(1, line), doc.lines))
  return Math.min(from + Math.max(0, column - 1), to)
}

/** A mistake is underlined from its place to the end of what stands there: an output, a tag, or the word. */
function diagnostic({ line, column, message, level, near = [] }: TemplateMistake, doc: Text): Diagnostic {
  const from = offsetOf(doc, line, column)
  const rest = doc.sliceString(from, doc.lineAt(from).to)
  const length = /^(\{\{.*?\}\}|\{%.*?%\}|[\w.-]+|\S+)/.exec(rest)?.[0].length ?? 0
  const begins = length === 0 ? Math.max(0, from - 1) : from
  return { from: begins, to: Math.max(from + length, begins), severity: level, message, actions: near.map(replacing) }
}

/** Puts what was probably meant in place of what stands there. */
const replacing = (name: string): Action => ({
  name: say(templateWords, 'replaceBy', { name }),
  apply: (view, from, to) => view.dispatch({ changes: { from, to, insert: name }, userEvent: 'input.complete' }),
})
