import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PreviewReport } from '@nabat/api/template-preview.ts'
import { BARE_WORDS } from '../src/render/bare-words.ts'
import { startTestServer, type TestServer } from './support/server.ts'

/* The examples of docs/templates are templates that work: each block says after `liquid` for which type and part it is. */

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

describe.each(['docs/templates.md', 'docs/templates.en.md'])('%s', (page) => {
  const text = readFileSync(fileURLToPath(new URL(`../../${page}`, import.meta.url)), 'utf8')
  const examples = Array.from(
    text.matchAll(/^```liquid (\S+) (title|text|letter)\n([\s\S]*?)^```$/gm),
    (found) => found,
  )

  it('has examples that say what they are for', () => {
    expect(examples.length).toBeGreaterThan(3)
    expect(text.match(/^```liquid/gm)).toHaveLength(examples.length)
  })

  it.each(examples.map(([, type, part, source]) => [type!, part!, source!] as const))(
    'shows a template of %s that can be sent: %s',
    async (type, part, source) => {
      const response = await server.call('POST', '/api/v1/templates/preview', { type, [part]: source })
      const preview = (await response.json()) as PreviewReport
      expect(preview.mistakes).toEqual([])
      expect(`${preview.text}${preview.letter}`).not.toMatch(/\{[{%]|NOTIFICATION_|nbq\d/)
    },
  )

  it('names every bare word', () => {
    for (const word of Object.keys(BARE_WORDS)) expect(text).toContain(`\`${word}\``)
  })
})
