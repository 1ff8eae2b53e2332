import type { Delivery, TracedEvent } from '@nabat/client'
import { describe, expect, it } from 'vitest'
import { drawTrace } from './draw-trace.ts'
import { PLAIN } from './terminal.ts'

const SENT: Delivery = {
  id: 'd1',
  event: 'e1',
  rule: 'cameras',
  recipient: null,
  channel: 'duty-bot',
  kind: 'telegram',
  destination: '-100123 topic 7',
  state: 'sent',
  reason: null,
  says: 'отправлено',
  note: null,
  createdAt: '2026-03-01T10:00:00.000Z',
  dueAt: null,
  expiresAt: null,
  endedAt: '2026-03-01T10:00:06.000Z',
  insteadOf: null,
  digest: null,
  attempts: [
    {
      at: '2026-03-01T10:00:00.250Z',
      tookMs: 31,
      verdict: 'deferred',
      reason: 'timeout',
      detail: 'no answer in 10 s',
      ambiguous: true,
    },
    { at: '2026-03-01T10:00:05.999Z', tookMs: 12, verdict: 'sent', reason: null, detail: null },
  ],
}

const EVENT: TracedEvent = {
  id: 'e1',
  eventId: 'cam-1-down',
  source: 'cameras',
  type: 'camera.unavailable',
  subject: 'Камера 1',
  severity: 'critical',
  time: '2026-03-01T10:00:00.000Z',
  acceptedAt: '2026-03-01T10:00:00.000Z',
  actor: { user: 'ivan', role: 'admin' },
  incident: 'camera:1',
  data: { camera: '1' },
  attachments: [],
  trace: {
    version: 4,
    rules: [
      { id: '1', name: 'cameras', result: 'matched', says: 'подошло' },
      { id: '2', name: 'склад', result: 'refused', reason: 'condition', says: 'нужно: data.object равно "s"' },
      { id: '3', name: 'orders', result: 'refused', reason: 'type', says: 'называет другие типы: workorder.created' },
      { id: '4', name: 'calls', result: 'refused', reason: 'type', says: 'называет другие типы: call.missed' },
    ],
    alreadyTold: [
      { destination: 'duty@x', rule: 'second', by: 'cameras', says: 'duty@x: уже сообщает правило «cameras»' },
    ],
    missing: [
      { name: 'assignee', rule: 'cameras', reason: 'no_such_relation', says: 'assignee: такого отношения нет' },
    ],
    silences: {},
  },
  deliveries: [SENT],
}

const drawn = (change: Partial<TracedEvent>, options = {}): string => drawTrace({ ...EVENT, ...change }, 'ru', options)

describe('a drawn trace', () => {
  it('shows the event, every rule with its reason, and every message with its attempts', () => {
    expect(drawn({}, { timeZone: 'Europe/Moscow' })).toBe(`\
camera.unavailable · критическое · 2026-03-01 13:00:00 (Europe/Moscow)
  номер     e1
  источник  cameras · cam-1-down
  тема      Камера 1
  действие  ivan, admin
  инцидент  camera:1
  данные    {"camera":"1"}

Правила (версия 4)
  ✓ cameras — подошло
  ✗ склад — нужно: data.object равно "s"
  ✗ правил о других типах: 2 (показать: --all)
  – second: duty@x: уже сообщает правило «cameras»
  ! cameras: assignee: такого отношения нет

Сообщения
  ✓ duty-bot → -100123 topic 7 — отправлено
      правило «cameras»
      13:00:00.250 ↻ отложено: нет ответа (no answer in 10 s); могло дойти, 31 мс
      13:00:05.999 ✓ принято, 12 мс`)
  })

  it('speaks English too', () => {
    const text = drawTrace(EVENT, 'en')
    expect(text).toContain('camera.unavailable · critical · 2026-03-01 10:00:00 (UTC)')
    expect(text).toContain('10:00:00.250 ↻ deferred: no answer (no answer in 10 s); may have arrived, 31 ms')
    expect(text).not.toMatch(/Правила|Сообщения|номер |источник|инцидент|версия| мс/)
  })

  it('names the rules of other types when asked for all', () => {
    const text = drawn({}, { all: true })
    expect(text).toContain('  ✗ orders — называет другие типы: workorder.created\n  ✗ calls — называет другие')
    expect(text).not.toContain('--all')
  })

  it('says so when there were no rules and nobody was told', () => {
    const trace = { ...EVENT.trace, rules: [], alreadyTold: [], missing: [] }
    expect(drawn({ trace, deliveries: [] })).toMatch(/Правила \(версия 4\)\n {2}правил нет\n\nСообщения\n {2}никому$/)
  })

  it('says what a message waits for, in whose place it went and which silence kept it back', () => {
    const { attempts: _attempts, ...rest } = SENT
    const one: Delivery = { ...rest, attempts: [], recipient: 'ivan', state: 'failed', says: 'не удалось отправить' }
    const waiting = { state: 'waiting', says: 'ждёт: нет соединения', dueAt: '2026-03-01T10:05:00.000Z' } as const
    const text = drawn({
      deliveries: [
        one,
        { ...one, ...waiting, id: 'd2', channel: 'mail', destination: 'ivan@x', recipient: 'ivan', insteadOf: 'd1' },
        { ...one, ...waiting, id: 'd3', behind: true },
        { ...one, id: 'd4', state: 'suppressed', says: 'не отправлено: действует тишина', silence: 'ремонт' },
        { ...one, id: 'd5', state: 'suppressed', says: 'не отправлено', channel: null, destination: null },
        { ...one, ...waiting, id: 'd6', state: 'claimed' },
      ],
    })
    const lines = text.slice(text.indexOf('Сообщения')).split('\n')
    expect(lines.slice(1)).toEqual([
      '  ✗ duty-bot → -100123 topic 7 (ivan) — не удалось отправить',
      '      правило «cameras»',
      '  … mail → ivan@x (ivan) — ждёт: нет соединения',
      '      правило «cameras» · вместо duty-bot → -100123 topic 7 (ivan) · не раньше 2026-03-01 10:05:00',
      '  … duty-bot → -100123 topic 7 (ivan) — ждёт: нет соединения',
      '      правило «cameras» · ждёт прежнего сообщения этого инцидента',
      '  – duty-bot → -100123 topic 7 (ivan) — не отправлено: действует тишина',
      '      правило «cameras» · тишина «ремонт»',
      '  – ivan — не отправлено',
      '      правило «cameras»',
      '  … duty-bot → -100123 topic 7 (ivan) — отправляется',
      '      правило «cameras»',
    ])
  })

  it('names what was removed since, and says that it was', () => {
    const [rule] = EVENT.trace.rules
    const trace = { ...EVENT.trace, rules: [{ ...rule!, removed: true as const }] }
    const gone: Delivery = { ...SENT, ruleRemoved: true, channelRemoved: true, attempts: [] }
    const change = { trace, deliveries: [gone, { ...SENT, id: 'd2', insteadOf: 'd1', attempts: [] }] }
    const text = drawn(change)
    expect(text).toContain('  ✓ cameras (удалено) — подошло\n')
    expect(text).toContain('  ✓ duty-bot (удалён) → -100123 topic 7 — отправлено\n      правило «cameras» (удалено)\n')
    expect(text).toContain('правило «cameras» · вместо duty-bot (удалён) → -100123 topic 7')
    expect(drawTrace({ ...EVENT, ...change }, 'en')).toContain('  ✓ duty-bot (removed) → -100123 topic 7 — ')
  })

  it('lets nothing of an event drive the terminal or break a line', () => {
    const evil = 'a\u001B[2J\r\nПравила\u202E\u009Bb'
    const [rule] = EVENT.trace.rules
    const [told] = EVENT.trace.alreadyTold
    const [lost] = EVENT.trace.missing
    const attempt = { ...SENT.attempts[0]!, reason: evil, detail: evil }
    const text = drawn({
      type: evil,
      source: evil,
      eventId: evil,
      subject: evil,
      incident: evil,
      actor: { user: evil, role: evil },
      data: { [evil]: evil },
      trace: {
        ...EVENT.trace,
        rules: [{ ...rule!, name: evil, says: evil }],
        alreadyTold: [{ ...told!, rule: evil, says: evil }],
        missing: [{ ...lost!, rule: evil, says: evil }],
      },
      deliveries: [
        {
          ...SENT,
          channel: evil,
          destination: evil,
          recipient: evil,
          rule: evil,
          silence: evil,
          says: evil,
          attempts: [attempt],
        },
        { ...SENT, id: 'd2', insteadOf: evil },
      ],
    })
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u)
    expect(text.split('\n').filter((line) => line.startsWith('Правила'))).toHaveLength(1)
  })

  it('shortens long data', () => {
    const line = drawn({ data: { text: 'я'.repeat(5_000) } })
      .split('\n')
      .find((each) => each.includes('данные'))!
    expect(line.length).toBeLessThan(250)
    expect(line.endsWith('…')).toBe(true)
  })

  it('paints marks and heads, and only them', () => {
    const paint = { ...PLAIN, good: (text: string) => `<g>${text}</g>`, bad: (text: string) => `<b>${text}</b>` }
    const text = drawn({}, { paint })
    expect(text).toContain('<g>✓</g> cameras — подошло')
    expect(text).toContain('<b>✗</b> склад')
  })
})
