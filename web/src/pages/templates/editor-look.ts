import { HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import type { Extension } from '@codemirror/state'
import { EditorView } from '@codemirror/view'
import { tags } from '@lezer/highlight'

/** Colours of the console, which know light and dark by themselves; all of them can be read on the page's ground. */
const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.controlKeyword, tags.definitionKeyword, tags.moduleKeyword], color: 'var(--nabat-info)' },
  { tag: [tags.operatorKeyword, tags.function(tags.variableName)], color: 'var(--nabat-info)' },
  { tag: [tags.variableName, tags.propertyName], color: 'var(--nabat-warning)' },
  { tag: [tags.string, tags.attributeValue, tags.number, tags.bool], color: 'var(--nabat-good)' },
  { tag: [tags.tagName, tags.attributeName, tags.angleBracket, tags.comment], color: 'var(--nabat-quiet)' },
  { tag: [tags.brace, tags.separator, tags.punctuation], color: 'var(--nabat-quiet)' },
])

/*
 * Waves under mistakes are drawn by text-decoration: CodeMirror's own are pictures in data: addresses, which the content
 * security policy does not let through.
 */
const wave = (colour: string): Record<string, string> => ({
  backgroundImage: 'none',
  paddingBottom: '0',
  textDecoration: `underline wavy 1.5px var(--nabat-${colour})`,
  textUnderlineOffset: '3px',
})

const theme = EditorView.theme({
  '&': {
    color: 'var(--mantine-color-text)',
    backgroundColor: 'var(--mantine-color-body)',
    border: '1px solid var(--mantine-color-default-border)',
    borderRadius: 'var(--mantine-radius-md)',
    fontSize: '0.875rem',
    maxHeight: '32rem',
    overflow: 'hidden',
  },
  '&.cm-focused': { outline: '2px solid var(--mantine-primary-color-filled)', outlineOffset: '1px' },
  '.cm-scroller': { fontFamily: "ui-monospace, 'SF Mono', Menlo, Consolas, monospace", lineHeight: '1.6' },
  '.cm-content': { padding: '0.5rem 0', caretColor: 'var(--mantine-color-text)' },
  '.cm-gutters': {
    color: 'var(--nabat-quiet)',
    backgroundColor: 'transparent',
    borderRight: '1px solid var(--nabat-line)',
  },
  '.cm-lintRange-error': wave('critical'),
  '.cm-lintRange-warning': wave('warning'),
  '.cm-lintRange-active': { backgroundColor: 'var(--nabat-hover)' },
  '.cm-tooltip': {
    color: 'var(--mantine-color-text)',
    backgroundColor: 'var(--mantine-color-body)',
    border: '1px solid var(--mantine-color-default-border)',
    borderRadius: 'var(--mantine-radius-md)',
    boxShadow: 'var(--mantine-shadow-md)',
    fontSize: '0.8125rem',
    maxWidth: 'min(36rem, 92vw)',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'inherit', maxHeight: '16rem', maxWidth: '92vw' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '0.25rem 0.5rem' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    color: 'var(--mantine-color-text)',
    backgroundColor: 'light-dark(#d9e2fb, #2a3a63)',
  },
  '.cm-completionDetail': { fontStyle: 'normal', color: 'var(--nabat-quiet)' },
  'li[aria-selected] .cm-completionDetail': { color: 'inherit' },
  '.cm-tooltip.cm-completionInfo': { padding: '0.375rem 0.625rem' },
  '.cm-diagnostic': { padding: '0.375rem 0.625rem', borderLeftWidth: '4px' },
  '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '700' },
})

/** How the editor looks. */
export const editorLook: Extension = [theme, syntaxHighlighting(colours)]
