import { describe, expect, it } from 'vitest'
import { CHANNEL_KINDS } from '@nabat/api/channel.ts'
import { CHECK_WORLD, NO_SOURCES, viewOf } from '../../test/support/view.ts'
import { planEdits } from './plan.ts'
import { takeSecrets } from './references.ts'

/** What is stored of a webhook's address, and what is sealed. */
function stored(url: string): [unknown, string[]] {
  const found = new Map<string, string>()
  const entity = takeSecrets({ name: 'h', kind: 'webhook', url }, CHANNEL_KINDS.webhook, 'h', found)
  return [(entity as { url: string }).url, [...found.values()]]
}

describe('the address of a channel', () => {
  it('is stored as a secret when it carries a login or a query, and as it is otherwise', () => {
    expect(stored('https://example.ru/hook')).toEqual(['https://example.ru/hook', []])
    for (const url of ['https://u:p@example.ru/hook', 'https://example.ru/hook?token=t'])
      expect(stored(url)).toEqual(['${secret:h.url}', [url]])
  })

  it('may stand in the environment; what it is there is checked', () => {
    const plan = (url: string, value: string) =>
      planEdits(
        [{ section: 'channels', id: null, entity: { name: 'h', kind: 'webhook', url }, path: '', origin: 'api' }],
        viewOf({}),
        { ...CHECK_WORLD, sources: { ...NO_SOURCES, env: { HOOK: value } } },
      ).problems.map(({ path }) => path)
    expect(plan('${env:HOOK}', 'https://example.ru/hook')).toEqual([])
    expect(plan('${env:HOOK}', 'nonsense')).not.toEqual([])
    expect(plan('nonsense', '')).not.toEqual([])
  })
})
