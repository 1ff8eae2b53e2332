import { describe, expect, it } from 'vitest'
import { catalogued } from '../../test/support/fields.ts'
import { claimedRow } from '../../test/support/claimed.ts'
import { viewOf } from '../../test/support/view.ts'
import type { Compiled } from './mjml/compiler.ts'
import { RenderedMessage } from './message.ts'

const LETTER = '<mjml><mj-body></mj-body></mjml>'

/** A message whose letter is an MJML document, of which this became. */
function messageOf(compiled: Compiled | undefined): RenderedMessage {
  return new RenderedMessage({
    row: claimedRow(),
    type: catalogued('camera.unavailable'),
    own: [{ id: 7, version: 1, template: { name: 't', type: 'camera.unavailable', letter: LETTER } }],
    view: viewOf({ workspace: { signature: 'Ваша <охрана>' } }),
    attachments: [],
    silent: false,
    compiled: new Map(compiled === undefined ? [] : [[LETTER, compiled]]),
  })
}

describe('a letter that is a document', () => {
  it('is sent as what was compiled, with its values escaped', () => {
    const message = messageOf({ html: '<html>{{ event.data.camera }} {{ workspace.signature }}</html>' })
    expect(message.letter).toBe('<html>cam-1 Ваша &lt;охрана&gt;</html>')
    expect([message.isWhole, message.note, message.failures]).toEqual([true, null, []])
  })

  it('leaves in the words of the catalogue where nobody could compile it, which is no mistake of its author', () => {
    for (const message of [messageOf({ failed: 'MJML died' }), messageOf(undefined)]) {
      expect(message.letter).toMatch(/cam-1[\s\S]*<p>Ваша &lt;охрана&gt;<\/p>$/)
      expect([message.isWhole, message.note, message.failures]).toEqual([false, 'letter_plain', []])
    }
  })

  it('leaves so as well where it is wrong, and its author is told', () => {
    const message = messageOf({
      mistakes: [{ part: 'letter', level: 'error', message: { ru: 'нет', en: 'no' }, line: 1, column: 1 }],
    })
    expect(message.letter).toContain('cam-1')
    expect([message.isWhole, message.note]).toEqual([false, 'template_failed'])
    expect(message.failures).toMatchObject([{ part: 'letter', words: { id: 7 } }])
  })
})
