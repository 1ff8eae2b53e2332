import { describe, expect, it } from 'vitest'
import { handlingOf, type Asked } from './handling.ts'

const HERE = 'https://nabat.example.ru'
const FILES = new Set(['/icon.svg'])
const of = (path: string, asked: Partial<Asked> = {}): string =>
  handlingOf({ method: 'GET', destination: '', accept: '*/*', ...asked, url: new URL(path, HERE).href }, HERE, FILES)

describe('the service worker', () => {
  it('keeps lists and cards', () => {
    expect(of('/api/v1/events?limit=100')).toBe('answer')
    expect(of('/api/v1/incidents/camera%3A7')).toBe('answer')
    expect(of('/api/v1/inbox')).toBe('answer')
  })

  it('keeps nothing that is secret, about sessions, exported or a stream', () => {
    for (const path of [
      'keys',
      'sessions',
      'session/second-factor',
      'export',
      'files/1',
      'links/token',
      'live',
      'push',
      'new',
    ])
      expect([path, of(`/api/v1/${path}`)]).toEqual([path, 'none'])
    expect(of('/api/v1/events', { accept: 'text/event-stream' })).toBe('none')
    expect(of('/api/openapi.json')).toBe('none')
  })

  it('takes note of who has signed in and out, and lets changes through untouched', () => {
    expect(of('/api/v1/session')).toBe('session')
    for (const method of ['POST', 'PUT', 'DELETE']) expect(of('/api/v1/session', { method })).toBe('sign')
    expect(of('/api/v1/links/token', { method: 'POST' })).toBe('sign')
    expect(of('/api/v1/rules', { method: 'POST' })).toBe('none')
  })

  it('opens pages and files of the build, and leaves what belongs to others', () => {
    expect(of('/people/users/7', { destination: 'document' })).toBe('page')
    expect(of('/assets/index-abc.js')).toBe('file')
    expect(of('/icon.svg')).toBe('file')
    expect(of('/sw.js')).toBe('none')
    expect(of('/api/v1/export', { destination: 'document' })).toBe('none')
    expect(of('/letter-frame', { destination: 'iframe' })).toBe('none')
    expect(of('https://elsewhere.example/events')).toBe('none')
  })
})
