import type { Store } from '../../src/store/store.ts'
import type { NodeSabotage } from './simulation.ts'

/** Bugs of several nodes put in on purpose, by what they do: each replaces some of what one process sees of the store. */
export const NODE_BUGS: Readonly<Record<string, NodeSabotage>> = {
  'no fence: a settlement acts on what others have taken over': ({ store, inner }) => ({
    ...store,
    settle: (settlements, raised, now) => inner.settle(settlements, raised, now),
  }),
  'budget exceeded: what is taken over comes without the sends of the last minute': ({ store }) => ({
    ...store,
    recover: async (now) => ({ ...(await store.recover(now)), sends: [] }),
  }),
  'not told: notices are lost, and nobody looks every half minute': ({ store }) => ({
    ...store,
    listen: () => {},
    workspaces: once(store.workspaces),
  }),
  'never buried: what a node that died had to do is left to it': ({ store }) => ({
    ...store,
    holdLeases: (beat) => store.holdLeases({ ...beat, lastsMs: 60_000 }),
  }),
}

/** Answers the first time, at the start; every look after it fails. */
function once(workspaces: Store['workspaces']): Store['workspaces'] {
  let asked = false
  return () => {
    if (asked) return Promise.reject(new Error('nobody looks'))
    asked = true
    return workspaces()
  }
}
