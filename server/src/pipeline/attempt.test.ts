import { expect, it } from 'vitest'
import { world } from '../../test/channel-conformance.ts'
import { viewOf } from '../../test/support/view.ts'
import { Ways } from './attempt.ts'

const INBOX = 'inbox'

it('opens a channel of one number for each workspace by itself', async () => {
  const opened: number[] = []
  const ways = new Ways((_channel, workspace) => {
    opened.push(workspace)
    return world()
  })
  const inbox = viewOf({}).channelByName(INBOX)!
  const [first, again, other] = await Promise.all([ways.open(inbox, 1), ways.open(inbox, 1), ways.open(inbox, 2)])
  expect(again).toBe(first)
  expect(other).not.toBe(first)
  expect(opened).toEqual([1, 2])
  await ways.close()
})
