/*
 * npm run bench -- [names] [--store sqlite|postgres] [--rounds 7] [--quick]
 *
 * Measures what the design says Nabat must reach, on this machine, and prints one table. Without names all but the long
 * ones run. Absolute figures drift with the machine and with what else runs on it: quote the ratios, which come from
 * alternating rounds of the same run.
 */
import { parseArgs } from 'node:util'
import type { Bench } from './bench.ts'
import { machine } from './machine.ts'
import { tableOf, type Row } from './table.ts'

type Benches = Readonly<Record<string, () => Promise<{ bench: Bench }>>>

const EMBEDDED: Benches = {
  storm: () => import('./storm.ts'),
  latency: () => import('./latency.ts'),
  backlog: () => import('./backlog.ts'),
  accepting: () => import('./accepting.ts'),
  routing: () => import('./routing.ts'),
  budgets: () => import('./budgets.ts'),
  idle: () => import('./idle.ts'),
  history: () => import('./history.ts'),
  overview: () => import('./overview.ts'),
  'dry-run': () => import('./dry-run.ts'),
}
const POSTGRES: Benches = {
  storm: () => import('./postgres-storm.ts'),
  hygiene: () => import('./hygiene.ts'),
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    store: { type: 'string', default: 'sqlite' },
    rounds: { type: 'string' },
    quick: { type: 'boolean', default: false },
    help: { type: 'boolean' },
  },
})
const STORES: Readonly<Record<string, Benches>> = { sqlite: EMBEDDED, postgres: POSTGRES }
const chosen = STORES[values.store]
const BENCHES = chosen ?? {}
const unknown = positionals.filter((name) => BENCHES[name] === undefined)
const rounds = Number(values.rounds ?? (values.quick ? 3 : 7))
if (values.help === true || chosen === undefined || unknown.length > 0 || !(rounds >= 1)) {
  console.error(`Usage: npm run bench -- [names] [--store sqlite|postgres] [--rounds 7] [--quick]`)
  for (const [store, benches] of Object.entries(STORES)) {
    console.error(`\nWith --store ${store}:`)
    for (const [name, load] of Object.entries(benches))
      console.error(`  ${name.padEnd(10)} ${(await load()).bench.summary}`)
  }
  process.exit(values.help === true ? 0 : 2)
}

console.error(`Before: ${machine()}`)
const rows: Row[] = []
let failed = false
for (const [name, load] of Object.entries(BENCHES)) {
  const { bench } = await load()
  if (positionals.length === 0 ? bench.long === true : !positionals.includes(name)) continue
  console.error(`\n${name}: ${bench.summary}`)
  try {
    rows.push(...(await bench.run({ rounds, quick: values.quick, say: (line) => console.error(`  ${line}`) })))
  } catch (error) {
    failed = true
    console.error(`  ${name} failed:`, error)
  }
}
console.log(`\n${machine()}`)
console.log(`Medians of ${rounds} alternating rounds${values.quick ? ', quick: not to be quoted' : ''}\n`)
console.log(tableOf(rows))
process.exit(failed ? 1 : 0)
