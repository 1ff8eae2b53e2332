import type { Template } from '@nabat/api/configuration.ts'
import { describe, expect, it } from 'vitest'
import { moreExact, winnerOf } from './which-wins.ts'

const template = (name: string, more: Partial<Template> = {}): Template => ({
  name,
  type: 'camera.unavailable',
  text: name,
  ...more,
})
const all = template('all')
const russian = template('russian', { language: 'ru' })
const mail = template('mail', { channel: 'mail' })
const russianMail = template('russian mail', { channel: 'mail', language: 'ru' })
const englishBot = template('english bot', { channel: 'bot', language: 'en' })
const TEMPLATES = [all, russian, mail, russianMail, englishBot]

describe('which words are used', () => {
  it.each([
    ['mail', 'ru', 'russian mail'],
    ['mail', 'en', 'mail'],
    ['bot', 'ru', 'russian'],
    ['bot', 'en', 'english bot'],
    ['hook', 'en', 'all'],
    [undefined, 'en', 'all'],
  ] as const)('over %s in %s: those that are meant most exactly, %s', (channel, language, name) => {
    expect(winnerOf('text', channel, language, TEMPLATES)?.name).toBe(name)
  })

  it('come part by part, and from the catalogue where nobody has written any', () => {
    expect(winnerOf('letter', 'mail', 'ru', [...TEMPLATES, { ...all, letter: '<p>' }])?.name).toBe('all')
    expect(winnerOf('title', 'mail', 'ru', TEMPLATES)).toBeUndefined()
  })

  it('give way to more exact ones of the same messages only', () => {
    const names = (of: Template): string[] => moreExact(of, TEMPLATES).map(({ name }) => name)
    expect(names(all)).toEqual(['russian mail', 'english bot', 'mail', 'russian'])
    expect(names(russian)).toEqual(['russian mail', 'mail'])
    expect(names(mail)).toEqual(['russian mail'])
    expect(names(russianMail)).toEqual([])
  })
})
