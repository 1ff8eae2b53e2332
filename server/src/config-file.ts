/* The configuration file that the settings name, applied at every start. */
import { readFileSync } from 'node:fs'
import type { Language } from '@nabat/api/text.ts'
import type { Configuration } from './configuration/configuration.ts'
import type { Workspaces } from './configuration/workspaces.ts'
import { parseYaml } from './configuration/yaml.ts'
import type { Log } from './log.ts'
import type { Pipeline } from './pipeline/pipeline.ts'
import { StartRefused } from './start-refused.ts'
import type { Store } from './store/store.ts'

interface ApplyParts {
  readonly configuration: Configuration
  readonly workspaces: Workspaces
  readonly pipeline: Pipeline
  readonly store: Store
  readonly log: Log
  /** The workspace a file is for that names none. */
  readonly home: string
}

/** Applies the file at `path`. A bad one ends the first start with all its mistakes; later the stored configuration stays in force. */
export async function applyAtStart(
  path: string,
  { configuration, workspaces, pipeline, store, log, home }: ApplyParts,
): Promise<void> {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    const why = (error as Error).message
    throw new StartRefused(
      `NABAT_CONFIG указывает на ${path}, а его не прочитать: ${why}`,
      `NABAT_CONFIG names ${path}, which cannot be read: ${why}`,
    )
  }
  const name = nameIn(text) ?? home
  if (workspaces.byName(name) === undefined) {
    await store.createWorkspace(name, '{}')
    await workspaces.load()
  }
  const view = workspaces.byName(name)!
  const result = await configuration.apply(view, text, 'file')
  if (!('problems' in result)) {
    log.info(
      { file: path, created: result.created.length, changed: result.changed.length, removed: result.removed.length },
      'configuration applied',
    )
    return
  }
  const count = result.problems.length
  const lines = (language: Language): string[] =>
    result.problems.map(
      ({ line, path: at, message }) => `${path}:${line ?? '?'}: ${at === '' ? '' : `${at}: `}${message[language]}`,
    )
  if (view.file === null)
    throw new StartRefused(
      [`В конфигурации ошибки, всего ${count}:`, ...lines('ru')].join('\n'),
      [`The configuration has mistakes, ${count} in all:`, ...lines('en')].join('\n'),
    )
  log.error(
    { file: path, problems: lines('en') },
    'the configuration file was rejected, the stored configuration stays in force',
  )
  await pipeline.raise(view.id, 'system.config.rejected', { file: path, problems: lines(view.language) })
}

/** The workspace a file describes, as far as it can be read. */
function nameIn(text: string): string | undefined {
  const name = (parseYaml(text).value as { workspace?: { name?: unknown } } | null | undefined)?.workspace?.name
  return typeof name === 'string' && /^[a-z0-9][a-z0-9-]{0,62}$/.test(name) ? name : undefined
}
