import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { startApp, type App } from '../server/src/app.ts'
import { systemClock, systemRandom } from '../server/src/clock.ts'
import { readConfig, type Config } from '../server/src/config.ts'
import { lockFolder, secretKeyOf } from '../server/src/data-folder.ts'
import type { HttpParts } from '../server/src/http/server.ts'
import { StartRefused } from '../server/src/start-refused.ts'
import { outletEdits } from './company.ts'
import { startOutside, type Outside } from './outside.ts'
import { makePast } from './past.ts'
import { VISITOR } from './people.ts'
import { demoRoutes } from './routes.ts'

/** What is asked of a demonstration. */
export interface DemoOptions {
  readonly folder: string
  /** Goes on with what the folder holds. */
  readonly keep: boolean
  /** null: 8080, or the next one that is free. */
  readonly port: number | null
  readonly logLevel: string
}

/** One that runs. */
export interface Demo {
  /** Lets the visitor in. */
  readonly link: string
  readonly port: number
  stop(): Promise<void>
}

const FIRST_PORT = 8080
const PORTS = 20
/** Marks a folder as one that may be thrown away. */
const MARK = 'demo.json'

/** Starts the company with everything that stands beside it, all of it on the loopback address. */
export async function startDemo(options: DemoOptions): Promise<Demo> {
  const port = await portOf(options)
  const isNew = preparedAnew(options)
  const outside = await startOutside(systemClock, !isNew)
  try {
    const config = configOf(options, port)
    if (isNew)
      await makePast({
        folder: options.folder,
        secretKey: secretKeyOf(config, systemRandom),
        now: systemClock.now(),
        outlets: outside,
        telegram: outside.telegram,
      })
    return await withServer(config, outside, isNew)
  } catch (error) {
    await outside.close()
    throw error
  }
}

async function withServer(config: Config, outside: Outside, isNew: boolean): Promise<Demo> {
  const token = systemRandom.bytes(9).toString('base64url')
  let parts: HttpParts | undefined
  const app: App = await startApp(config, {
    demo: (routes, given) => {
      parts = given
      demoRoutes(routes, given, outside, token)
    },
  })
  if (!isNew && parts !== undefined) {
    // The other sides listen on other ports than the last time.
    const view = parts.workspaces.byName('default')!
    await parts.configuration.save(view, outletEdits(outside, view), VISITOR)
  }
  const { port } = new URL(app.url)
  return {
    link: `http://localhost:${port}/api/v1/demo/enter/${token}`,
    port: Number(port),
    async stop() {
      await app.stop()
      await outside.close()
    },
  }
}

/** The settings of whoever starts it are of another Nabat and not taken over. */
function configOf({ folder, logLevel }: DemoOptions, port: number): Config {
  const config = readConfig({ NABAT_PORT: String(port), NABAT_DATA: folder, NABAT_LOG_LEVEL: logLevel })
  if ('mistakes' in config) {
    const [mistake] = config.mistakes
    throw new StartRefused(mistake!.ru, mistake!.en)
  }
  return config
}

/** Empties the folder of the last demonstration; true where there is no store in it to go on with. */
function preparedAnew({ folder, keep }: DemoOptions): boolean {
  const found = existsSync(folder) ? readdirSync(folder) : []
  if (found.length > 0 && !found.includes(MARK))
    throw new StartRefused(
      `В папке ${folder} не демонстрация: удалять её нельзя. Задайте другую: --data=папка.`,
      `The folder ${folder} holds no demonstration and is not emptied. Name another one: --data=folder.`,
    )
  if (found.length === 0) mark(folder)
  refuseRunning(folder)
  if (keep && found.includes('nabat.db')) return false
  for (const name of found.filter((each) => each !== MARK)) rmSync(join(folder, name), { recursive: true, force: true })
  return true
}

/** First of all, so that a start that was broken off leaves no folder that the next one does not dare to empty. */
function mark(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  writeFileSync(join(folder, MARK), `${JSON.stringify({ note: 'npm run demo empties this folder at each start' })}\n`)
}

/** Of one that runs nothing is taken away. */
function refuseRunning(folder: string): void {
  try {
    lockFolder(folder)()
  } catch (error) {
    if (!(error instanceof StartRefused)) throw error
    throw new StartRefused(
      `Демонстрация на ${folder} уже идёт: остановите её (Ctrl+C) или задайте другую папку: --data=папка.`,
      `A demonstration runs on ${folder} already: stop it (Ctrl+C), or name another folder: --data=folder.`,
    )
  }
}

/** The port that was asked for, or 8080 or the next one that nobody listens on. */
async function portOf({ port: asked }: DemoOptions): Promise<number> {
  if (asked !== null && !(await isFree(asked)))
    throw new StartRefused(
      `Порт ${asked} занят: задайте другой или уберите --port, и найдётся свободный.`,
      `Port ${asked} is taken: name another one, or leave --port out and a free one is found.`,
    )
  if (asked !== null) return asked

  for (let port = FIRST_PORT; port < FIRST_PORT + PORTS; port += 1) if (await isFree(port)) return port
  return 0
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })
