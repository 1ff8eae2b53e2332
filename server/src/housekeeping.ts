import { statfs } from 'node:fs/promises'
import type { Clock } from './clock.ts'
import type { Workspaces } from './configuration/workspaces.ts'
import type { Log } from './log.ts'
import type { Keys } from './people/keys.ts'
import type { WorkspaceLife } from './people/workspace-life.ts'
import type { Store } from './store/store.ts'

const DAY_MS = 86_400_000
const EVERY_MS = 60_000
/** Events forgotten in one transaction: short enough to be felt by nobody. */
const SLICE = 200
/** Space below which people are told, and above which it counts as freed. */
const LOW = { share: 0.05, bytes: 500e6 }
const FREED = 1.5

interface Parts {
  readonly store: Store
  readonly workspaces: Workspaces
  readonly keys: Pick<Keys, 'noteUses'>
  readonly life: Pick<WorkspaceLife, 'deleteRemoved'>
  readonly clock: Clock
  readonly log: Log
  /** Folder of the store, null where a server keeps it. */
  readonly dataFolder: string | null
  /** Whether it falls to this node to forget what is old. */
  readonly keepsUp: () => boolean
  readonly keepDays: number
  readonly raise: (workspace: number, type: string, data: Record<string, unknown>) => Promise<unknown>
}

/** What is done beside the work: old events are forgotten in slices, removed workspaces deleted, the disk is looked at. Returns a stop. */
export function startHousekeeping(parts: Parts): () => void {
  let stopped = false
  let low = false
  let endTimer = (): void => {}
  const round = async (): Promise<void> => {
    try {
      await parts.keys.noteUses()
      await forgetOld(parts, () => stopped)
      if (parts.keepsUp()) {
        await parts.store.forgetExpired(parts.clock.now())
        await parts.life.deleteRemoved(() => stopped)
      }
      low = await lookAtDisk(parts, low)
    } catch (error) {
      parts.log.warn({ error: (error as Error).message }, 'housekeeping broke off, it goes on later')
    }
    if (!stopped) endTimer = parts.clock.after(EVERY_MS, () => void round())
  }
  endTimer = parts.clock.after(EVERY_MS, () => void round())
  return () => {
    stopped = true
    endTimer()
  }
}

async function forgetOld(
  { store, workspaces, clock, keepDays, keepsUp }: Parts,
  stopped: () => boolean,
): Promise<void> {
  if (!keepsUp()) return
  for (const view of workspaces.all()) {
    let forgotten = SLICE
    while (forgotten === SLICE && !stopped())
      forgotten = await store.forget(view.id, clock.now() - keepDays * DAY_MS, SLICE)
  }
}

const lowLimit = (total: number): number => Math.min(total * LOW.share, LOW.bytes)

/** Whether so little is free, of so much in bytes, that people should know. */
export const isLow = (free: number, total: number): boolean => free <= lowLimit(total)

async function lookAtDisk({ workspaces, dataFolder, raise }: Parts, low: boolean): Promise<boolean> {
  if (dataFolder === null) return false
  const disk = await statfs(dataFolder)
  const total = disk.blocks * disk.bsize
  const free = disk.bavail * disk.bsize
  if (!isLow(free, total)) return low && free < lowLimit(total) * FREED
  if (!low)
    for (const view of workspaces.all())
      await raise(view.id, 'system.disk.low', { path: dataFolder, freeBytes: free, totalBytes: total })
  return true
}
