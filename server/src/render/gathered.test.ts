import { describe, expect, it } from 'vitest'
import { catalogued } from '../../test/support/fields.ts'
import { claimedRow } from '../../test/support/claimed.ts'
import { viewOf } from '../../test/support/view.ts'
import { bodyOf } from '../channels/webhook.ts'
import type { EventRow } from '../store/store.ts'
import { digestType } from './digest.ts'
import { RenderedMessage } from './message.ts'
import { stormType } from './storm.ts'

const event = (n: number, data: object = { camera: `cam-${n}` }): EventRow => ({
  ...claimedRow().event,
  ...{ eventId: `e${n}`, time: n * 1_000, data: JSON.stringify(data) },
})

/** `data` of the webhook's body for a message of these events. */
function dataOf(gathered: readonly EventRow[]): {
  event: object
  events?: { id: string; data: object }[]
  total?: number
} {
  const row = claimedRow({ event: gathered[0]!, digest: gathered.length > 1 })
  const type = gathered.length > 1 ? digestType : catalogued('camera.unavailable')
  const message = new RenderedMessage({
    ...{ row, type, own: [], view: viewOf({}), attachments: [], silent: false },
    gathered: gathered.length > 1 ? gathered : [],
  })
  return (JSON.parse(bodyOf(message).toString()) as { data: ReturnType<typeof dataOf> }).data
}

describe('the body of a digest', () => {
  it('has every event as a CloudEvent, the first first, and how many there are', () => {
    const { event: first, events, total } = dataOf([1, 2, 3].map((n) => event(n)))
    expect(total).toBe(3)
    expect(events!.map(({ id }) => id)).toEqual(['e1', 'e2', 'e3'])
    expect(events![0]).toEqual(first)
    expect(events![2]).toMatchObject({
      ...{ specversion: '1.0', type: 'camera.unavailable', time: '1970-01-01T00:00:03.000Z' },
      data: { camera: 'cam-3' },
    })
  })

  it('has no more than a hundred of them, nor more than a receiver takes, and counts them all', () => {
    const many = dataOf(Array.from({ length: 250 }, (_, n) => event(n)))
    expect([many.events!.length, many.total]).toEqual([100, 250])
    const large = dataOf(Array.from({ length: 20 }, (_, n) => event(n, { camera: 'c', note: 'x'.repeat(60_000) })))
    expect([large.events!.length, large.total]).toEqual([4, 20])
  })

  it('is that of an ordinary message where nothing joined it', () => {
    const data = dataOf([event(1)])
    expect(data).toMatchObject({ event: { id: 'e1' } })
    expect(data).not.toHaveProperty('events')
    expect(data).not.toHaveProperty('total')
  })
})

describe('a message of several events', () => {
  const events = [1, 2, 3].map((n) => event(n, { camera: `cam-${n}`, url: `https://video.example/cam-${n}` }))
  const incident = { key: 'camera:cam-1', state: 'open', told: null, toldEvent: null } as const
  const rendered = (gathered: readonly EventRow[], list?: string) =>
    new RenderedMessage({
      ...{ row: claimedRow({ event: events[0]!, incident }), type: stormType, own: [], view: viewOf({}) },
      ...{ attachments: [], silent: false, gathered, list },
    })

  it('leads to the list of all of them, and to nothing where nobody said where the console is', () => {
    const list = 'https://nabat.example/deliveries?digest=1'
    expect(rendered(events, list).links).toEqual([{ title: 'Открыть список', url: list }])
    expect(rendered(events).links).toEqual([])
  })

  it('belongs to the incident of none; of one alone it keeps link and incident', () => {
    expect(rendered(events).incident).toBeUndefined()
    const alone = rendered([])
    expect(alone.incident).toEqual({ key: 'camera:cam-1', state: 'open' })
    expect(alone.links).toEqual([{ title: 'Открыть', url: 'https://video.example/cam-1' }])
  })
})
