/*
 * The frame of ordinary letters: the fragment that a template makes, in a page that light and dark mail programs, Outlook and
 * narrow phones show alike. `frame.mjml` is its source; what MJML makes of it is kept in `frame.html`, so that ordinary mail
 * needs no MJML.
 */
import { readFileSync } from 'node:fs'
import { renderDirectly } from '../direct.ts'
import { textOn } from '../contrast.ts'
import { engineOf } from '../words.ts'

/** What stands in the frame; everything but `content` is plain text. */
export interface Framed {
  readonly language: string
  readonly title: string
  /** In a word, with its colour. */
  readonly severity: string
  readonly severityColour: string
  /** Of the line at the top and of buttons, #rrggbb. */
  readonly colour: string
  readonly company: string
  /** Address of the picture; undefined: none. */
  readonly logo: string | undefined
  /** HTML. */
  readonly content: string
  readonly links: readonly { readonly title: string; readonly url: string }[]
  /** What could not be attached; empty: nothing. */
  readonly lost: string
  readonly footer: string | undefined
}

const engine = engineOf('escape')
renderDirectly(engine)
const page = engine.parse(
  // Mail programs have no use for the indentation of a source.
  readFileSync(new URL('./frame.html', import.meta.url), 'utf8').replace(/\n\s+/g, '\n'),
)

/** Where the content is put in: it may be larger than what templates may write. */
const CONTENT = '\u0000content\u0000'

/** The whole page of a letter. */
export function frameLetter({ lost, content, ...framed }: Framed): string {
  const letter = {
    ...framed,
    content: CONTENT,
    onColour: textOn(framed.colour),
    ...(lost === '' ? {} : { lost }),
  }
  return String(engine.renderSync(page, { letter }, { renderLimit: Infinity })).replace(CONTENT, () => content)
}
