import { idMaker } from '../../src/ids.ts'
import { systemClock, systemRandom } from '../../src/clock.ts'
import type { ClaimedRow } from '../../src/store/store.ts'

export const makeId = idMaker(systemClock, systemRandom)

/** A claimed delivery; what a test does not name is an ordinary first attempt of an event without an incident. */
export function claimedRow(some: Partial<ClaimedRow> = {}): ClaimedRow {
  const event = makeId()
  return {
    workspace: 1,
    delivery: makeId(),
    destination: 1,
    channel: 1,
    address: { chat: '555' },
    disabled: null,
    rule: 0,
    recipient: null,
    insteadOf: null,
    priority: 1,
    suspect: false,
    waitedFor: null,
    step: 0,
    living: false,
    digest: false,
    attempts: 0,
    expiresAt: Number.MAX_SAFE_INTEGER,
    version: 1,
    incident: null,
    followed: false,
    follows: false,
    answered: null,
    event: {
      id: event,
      source: 'watch',
      eventId: event,
      type: 'camera.unavailable',
      subject: 'cam-1',
      severity: 1,
      time: 0,
      actorUser: null,
      actorRole: null,
      incident: null,
      data: '{"camera":"cam-1"}',
      attachments: null,
    },
    ...some,
  }
}
