import { describe, expect, it } from 'vitest'
import { noticeOf, pathTo } from './notice.ts'

const ALONE = { shown: undefined, watched: false }
const message = (notification: object, more: object = {}): string =>
  JSON.stringify({
    web_push: 8030,
    notification: { title: 'Камера cam-7', body: 'Не отвечает', tag: 'incident', ...notification },
    ...more,
  })

describe('a notification', () => {
  it('says what the server has sent', () => {
    const sent = message(
      { navigate: '/incidents/7', lang: 'en', requireInteraction: true, data: { delivery: 'd', severity: 'critical' } },
      { app_badge: 3 },
    )
    const { title, options, badge } = noticeOf(sent, ALONE)
    expect([title, badge]).toEqual(['Камера cam-7', 3])
    expect(options).toMatchObject({
      body: 'Не отвечает',
      tag: 'incident',
      lang: 'en',
      requireInteraction: true,
      actions: [{ action: 'open', title: 'Open' }],
      data: { navigate: '/incidents/7', delivery: 'd', severity: 'critical' },
    })
  })

  it('takes the place of the one before it, and is heard again only when it is graver', () => {
    const critical = message({ data: { severity: 'critical' } })
    expect(noticeOf(critical, { shown: 'warning', watched: false }).options.renotify).toBe(true)
    expect(noticeOf(critical, { shown: 'critical', watched: false }).options.renotify).toBe(false)
    expect(
      noticeOf(message({ data: { severity: 'info' } }), { shown: 'critical', watched: false }).options.renotify,
    ).toBe(false)
    expect(noticeOf(message({ tag: undefined }), ALONE).options).not.toHaveProperty('renotify')
  })

  it('makes no sound for somebody who looks at the console, or where the server says so', () => {
    const watched = noticeOf(message({ data: { severity: 'critical' } }), { shown: 'info', watched: true }).options
    expect(watched).toMatchObject({ silent: true, renotify: false })
    expect(noticeOf(message({ silent: true }), ALONE).options.silent).toBe(true)
    expect(noticeOf(message({}), ALONE).options.silent).toBe(false)
  })

  it.each([undefined, '', 'not JSON', '[]', 'null', '{"notification":7}'])('is shown for %j as well', (sent) => {
    const { title, options, badge } = noticeOf(sent, ALONE)
    expect([title, badge, options.data.navigate]).toEqual(['Набат', null, '/'])
    expect(options.body).not.toBe('')
  })
})

describe('a click', () => {
  const here = 'http://192.168.1.5:8080'

  it('leads to a page of this console, whatever it is called elsewhere, and nowhere else', () => {
    expect(pathTo('/incidents/7?x=1#y', here)).toBe('/incidents/7?x=1#y')
    expect(pathTo('https://nabat.example.ru/inbox', here)).toBe('/inbox')
    expect(pathTo('javascript:alert(1)', here)).toBe('/')
    expect(pathTo('http://[', here)).toBe('/')
  })
})
