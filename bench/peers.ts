/*
 * What a team would pick instead, doing the same work: the scripts of ../shared/bench, where that folder is there and the
 * peer is installed. They are copied to a folder of their own with their own packages; nothing of them is part of Nabat.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runScript, type Sink } from './processes.ts'

const SCRIPTS = join(dirname(fileURLToPath(import.meta.url)), '../../shared/bench')
/** Kept between runs, so that the packages are installed once. */
const COPY = join(tmpdir(), 'nabat-bench-peers')

/** Each peer's script and the program that must be there for it. */
const PEERS: Readonly<Record<string, { readonly script: string; readonly program: string }>> = {
  Alertmanager: { script: 'alertmanager.mjs', program: 'prometheus-alertmanager' },
  BullMQ: { script: 'bullmq.mjs', program: 'redis-server' },
}
/** Peers on PostgreSQL. What they need is the server the bench has started. */
const POSTGRES_PEERS: typeof PEERS = {
  'graphile-worker': { script: 'graphile-worker.mjs', program: process.execPath },
  'pg-boss': { script: 'pg-boss.mjs', program: process.execPath },
}

export interface Peer {
  readonly name: string
  /** Deliveries a second, end to end. */
  run(sink: Sink, total: number): Promise<number>
}

function isInstalled(program: string): boolean {
  try {
    execFileSync('which', [program], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** The peers that can run here. `databaseOf`: those on PostgreSQL, each with the address of a database of its own. */
export function findPeers(say: (line: string) => void, databaseOf?: (peer: string) => string): Peer[] {
  if (!existsSync(SCRIPTS)) {
    say('no ../shared/bench here: without peers')
    return []
  }
  const found = Object.entries(databaseOf === undefined ? PEERS : POSTGRES_PEERS).filter(([name, { program }]) => {
    const there = isInstalled(program)
    if (!there) say(`${name} is not installed (${program}): without it`)
    return there
  })
  if (found.length > 0 && !existsSync(join(COPY, 'node_modules'))) {
    say('installing the packages of the peers')
    mkdirSync(COPY, { recursive: true })
    cpSync(SCRIPTS, COPY, { recursive: true })
    execFileSync('npm', ['install', '--no-audit', '--no-fund', '--silent'], { cwd: COPY, stdio: 'inherit' })
  }
  return found.map(([name, { script }]) => ({
    name,
    async run(sink, total) {
      await sink.reset()
      const output = await runScript(join(COPY, script), [String(total)], {
        SINK_URL: sink.url,
        ...(databaseOf !== undefined && { PGURL: databaseOf(name) }),
      })
      const { delivered, deliveredPerSecond } = JSON.parse(output) as { delivered: number; deliveredPerSecond: number }
      if (delivered < total) throw new Error(`${name} delivered ${delivered} of ${total}`)
      return deliveredPerSecond
    },
  }))
}
