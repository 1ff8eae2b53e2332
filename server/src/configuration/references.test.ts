import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, it, onTestFinished, test } from 'vitest'
import { CHANNEL_KINDS } from '@nabat/api/channel.ts'
import type { Problem } from '@nabat/api/text.ts'
import { fillIn, hasReference, secretReference, takeSecrets, type Sources } from './references.ts'

const sources: Sources = {
  env: { TOKEN: '1:a', EMPTY: '', DOLLAR: '$& ${env:TOKEN} $1' },
  secret: (name) => ({ 'bot.token': '2:b' })[name],
}

describe('references', () => {
  test.each([
    ['${env:TOKEN}', '1:a'],
    ['before ${env:TOKEN} after', 'before 1:a after'],
    ['${env:TOKEN}${secret:bot.token}', '1:a2:b'],
    ['${env:EMPTY}', ''],
    ['$TOKEN ${TOKEN} {env:TOKEN} ${other:x}', '$TOKEN ${TOKEN} {env:TOKEN} ${other:x}'],
    // What stands elsewhere is text, whatever it looks like.
    ['${env:DOLLAR}', '$& ${env:TOKEN} $1'],
  ])('%j becomes %j', (text, filled) => {
    expect(fillIn(text, sources)).toBe(filled)
  })

  it('are filled in at any depth; what is no text stays what it is', () => {
    const value = { a: ['${env:TOKEN}', 5, null, true], b: { c: '${secret:bot.token}' } }
    expect(fillIn(value, sources)).toEqual({ a: ['1:a', 5, null, true], b: { c: '2:b' } })
    expect(value.a[0]).toBe('${env:TOKEN}')
  })

  it('to a file give its text without the last line break', () => {
    const folder = mkdtempSync(join(tmpdir(), 'nabat-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const path = join(folder, 'ca.pem')
    writeFileSync(path, '-----BEGIN\nx\n')
    expect(fillIn(`\${file:${path}}`, sources)).toBe('-----BEGIN\nx')
  })

  it('that lead nowhere are all told by path, in words that do not hold their value, and stay as they are', () => {
    const problems: Problem[] = []
    const value = { token: '${env:NOWHERE}', list: ['${secret:none}', '${file:/no/such/file}'], good: '${env:TOKEN}' }
    expect(fillIn(value, sources, '/channels/0', problems)).toEqual({ ...value, good: '1:a' })
    expect(problems.map(({ path }) => path)).toEqual(['/channels/0/token', '/channels/0/list/0', '/channels/0/list/1'])
    for (const { message } of problems) expect(`${message.ru}${message.en}`).not.toContain('1:a')
  })

  it('change nothing where there are none', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        fc.pre(!/\$\{(env|file|secret):/.test(JSON.stringify(value)))
        const problems: Problem[] = []
        expect(JSON.stringify(fillIn(value, sources, '', problems))).toBe(JSON.stringify(value))
        expect(problems).toEqual([])
      }),
    )
  })

  test.each([
    ['${env:X}', true],
    ['${file:/run/secrets/x}', true],
    ['${secret:a.b}', true],
    ['x${env:X}', true],
    ['${env:ID}:${env:KEY}', true],
    ['${env:}', false],
    ['${other:X}', false],
    ['', false],
  ])('%j leads elsewhere: %s', (text, answer) => {
    expect(hasReference(text)).toBe(answer)
  })
})

describe('secrets', () => {
  const taken = (entity: Record<string, unknown>) => {
    const found = new Map<string, string>()
    const kind = CHANNEL_KINDS[entity['kind'] as keyof typeof CHANNEL_KINDS]
    return { entity: takeSecrets(entity, kind, String(entity['name']), found), found: Object.fromEntries(found) }
  }

  it('that stand there in plain are taken out, each under its own name', () => {
    const mail = { name: 'mail', kind: 'smtp', host: 'mx', auth: { user: 'u', password: 'p' } }
    expect(taken(mail)).toEqual({
      entity: { ...mail, auth: { user: 'u', password: secretReference('mail.auth.password') } },
      found: { 'mail.auth.password': 'p' },
    })
    expect(mail.auth.password).toBe('p')
  })

  it.each([
    ['telegram', { token: '1:S3CR3T' }],
    ['mattermost', { server: 'https://c', token: 'S3CR3T' }],
    ['mattermost', { url: 'https://c/hooks/S3CR3T' }],
    ['webhook', { url: 'https://h', secret: 'whsec_S3CR3T' }],
    ['smtp', { host: 'mx', auth: { user: 'u', password: 'S3CR3T' } }],
  ])('of a channel of kind %s are found', (kind, fields) => {
    const { entity, found } = taken({ name: 'c', kind, ...fields })
    expect(JSON.stringify(entity)).not.toContain('S3CR3T')
    expect(Object.values(found)).toHaveLength(1)
  })

  it('that are references stay as they were given', () => {
    const bot = { name: 'bot', kind: 'telegram', token: '${env:TOKEN}' }
    expect(taken(bot)).toEqual({ entity: bot, found: {} })
  })

  it('come back when they are filled in: nothing is lost on the way', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1 }),
        fc.string({ minLength: 1 }).filter((name) => !name.includes('}')),
        (password, name) => {
          fc.pre(!/\$\{(env|file|secret):/.test(password + name))
          const mail = { name, kind: 'smtp', host: 'mx', auth: { user: 'u', password } }
          const { entity, found } = taken(mail)
          expect(fillIn(entity, { env: {}, secret: (each) => found[each] })).toEqual(mail)
        },
      ),
    )
  })
})
