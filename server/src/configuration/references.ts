import { readFileSync } from 'node:fs'
import { problem, type Problem } from '@nabat/api/text.ts'

/*
 * Values that stand elsewhere: ${env:NAME} (environment), ${file:path} (a file on the server), ${secret:name} (stored,
 * encrypted). The configuration keeps the reference as it was given; it is filled in only where a channel is opened, so
 * neither the store nor an export ever holds what it points to.
 */

const REFERENCE = /\$\{(env|file|secret):([^}]+)\}/g

/** Where references lead. */
export interface Sources {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly secret: (name: string) => string | undefined
}

/** Fills in every reference of a value, deep. `problems` gets those that lead nowhere. */
export function fillIn<T>(value: T, sources: Sources, path = '', problems: Problem[] = []): T {
  if (typeof value === 'string') return fillText(value, sources, path, problems) as T
  if (Array.isArray(value)) return value.map((each, index) => fillIn(each, sources, `${path}/${index}`, problems)) as T
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, fillIn(each, sources, `${path}/${name}`, problems)]),
  ) as T
}

function fillText(text: string, sources: Sources, path: string, problems: Problem[]): string {
  return text.replace(REFERENCE, (reference, kind: string, name: string) => {
    const value = kind === 'env' ? sources.env[name] : kind === 'secret' ? sources.secret(name) : fileText(name)
    if (value !== undefined) return value
    problems.push(
      {
        env: problem(path, `Переменная окружения «${name}» не задана`, `The environment variable "${name}" is not set`),
        file: problem(path, `Файл «${name}» не прочитать`, `The file "${name}" cannot be read`),
        secret: problem(
          path,
          `Сохранённого секрета «${name}» нет: впишите его значение`,
          `There is no stored secret "${name}": write its value`,
        ),
      }[kind as 'env' | 'file' | 'secret'],
    )
    return reference
  })
}

function fileText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trimEnd()
  } catch {
    return undefined
  }
}

/** Whether a text leads elsewhere, whole or in part: `${env:BOT_ID}:${env:BOT_KEY}`. */
export const hasReference = (text: string): boolean => new RegExp(REFERENCE.source).test(text)

export const secretReference = (name: string): string => `\${secret:${name}}`

interface SecretSchema {
  readonly properties?: Readonly<Record<string, SecretSchema>>
  /** Of a record: the schema of every value. */
  readonly patternProperties?: Readonly<Record<string, SecretSchema>>
  readonly 'x-secret'?: boolean
  readonly 'x-secret-address'?: boolean
}

/**
 * Takes the literal secrets out of an entity: each becomes a reference to `<key>.<field>` and goes into `found`, to be
 * stored encrypted. References stay as they are. `called`: the name a secret is stored by, where that is another.
 */
export function takeSecrets<T>(
  value: T,
  schema: object,
  key: string,
  found: Map<string, string>,
  called: (name: string) => string = (name) => name,
): T {
  const walk = (part: unknown, at: SecretSchema | undefined, name: string): unknown => {
    const secret = at?.['x-secret'] === true || (at?.['x-secret-address'] === true && carriesSecret(part))
    if (secret && typeof part === 'string') {
      if (hasReference(part)) return part
      const stored = called(name)
      found.set(stored, part)
      return secretReference(stored)
    }
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part
    return Object.fromEntries(
      Object.entries(part).map(([field, each]) => [
        field,
        walk(each, at?.properties?.[field] ?? Object.values(at?.patternProperties ?? {})[0], `${name}.${field}`),
      ]),
    )
  }
  return walk(value, schema as SecretSchema, key) as T
}

/** Whether an address carries a login, a password or a query: what opens a door has no place in an export. */
function carriesSecret(address: unknown): boolean {
  if (typeof address !== 'string' || !URL.canParse(address)) return false
  const { username, password, search } = new URL(address)
  return username !== '' || password !== '' || search !== ''
}
