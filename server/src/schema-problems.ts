import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'
import { problem, type Problem } from '@nabat/api/text.ts'

/**
 * One Ajv for everything that is handed in: all mistakes at once, nothing coerced or dropped. Schemas that bring an `$id`
 * are not kept under it: types of two workspaces, or of two versions, may bring the same.
 */
const ajv = new Ajv({ allErrors: true, strict: false, verbose: true, addUsedSchema: false })
;(addFormats as unknown as (ajv: Ajv) => void)(ajv)

export type Validate = (value: unknown, path?: string) => Problem[]

/** Compiles a schema into a function that tells every mistake by path, in both languages. */
export function validator(schema: object): Validate {
  let check: ValidateFunction | undefined
  return (value, path = '') => {
    check ??= ajv.compile(schema)
    if (check(value)) return []
    const errors = check.errors ?? []
    // A union tells every branch's mistakes and then its own; its own alone says what is meant.
    const unions = errors.filter((error) => error.keyword === 'anyOf').map((error) => error.instancePath)
    return errors
      .filter((error) => error.keyword === 'anyOf' || !unions.some((at) => isWithin(error.instancePath, at)))
      .map((error) => told(error, path))
  }
}

const isWithin = (path: string, above: string): boolean => path === above || path.startsWith(`${above}/`)

/** Whether a JSON Schema that somebody wrote can be used; its mistake when not. */
export function schemaProblem(schema: object, path: string): Problem[] {
  try {
    ajv.compile(schema)
    return []
  } catch (error) {
    const why = (error as Error).message
    return [problem(path, `Не JSON Schema: ${why}`, `Not a JSON Schema: ${why}`)]
  }
}

const TYPES: Readonly<Record<string, readonly [string, string]>> = {
  string: ['строка', 'a text'],
  number: ['число', 'a number'],
  integer: ['целое число', 'a whole number'],
  boolean: ['true или false', 'true or false'],
  object: ['объект', 'an object'],
  array: ['список', 'a list'],
  null: ['null', 'null'],
}

const FORMATS: Readonly<Record<string, readonly [string, string]>> = {
  'date-time': [
    'время по RFC 3339, например 2026-11-22T10:00:00+03:00',
    'an RFC 3339 time such as 2026-11-22T10:00:00+03:00',
  ],
  uri: ['адрес с http:// или https://', 'an address with http:// or https://'],
}

function told(error: ErrorObject, prefix: string): Problem {
  const params = error.params as Record<string, unknown>
  const at = `${prefix}${error.instancePath}`
  switch (error.keyword) {
    case 'required':
      return problem(
        `${at}/${params['missingProperty']}`,
        `Нет обязательного поля «${params['missingProperty']}»`,
        `The field "${params['missingProperty']}" is required`,
      )
    case 'additionalProperties': {
      const known = Object.keys((error.parentSchema?.['properties'] as object | undefined) ?? {})
      const name = String(params['additionalProperty'])
      const near = nearest(name, known)
      return problem(
        `${at}/${name}`,
        `Неизвестное поле «${name}»${near === undefined ? '' : `; может быть, «${near}»?`}`,
        `Unknown field "${name}"${near === undefined ? '' : `; did you mean "${near}"?`}`,
      )
    }
    case 'type': {
      const names = [params['type'] as unknown]
        .flat()
        .map((type) => TYPES[String(type)] ?? [String(type), String(type)])
      return problem(
        at,
        `Здесь нужно: ${names.map(([ru]) => ru).join(' или ')}`,
        `Needed here: ${names.map(([, en]) => en).join(' or ')}`,
      )
    }
    case 'enum': {
      const values = (params['allowedValues'] as unknown[]).join(', ')
      return problem(at, `Здесь может стоять одно из: ${values}`, `Needed here: one of ${values}`)
    }
    case 'const':
      return problem(
        at,
        `Здесь может стоять только ${JSON.stringify(params['allowedValue'])}`,
        `Needed here: ${JSON.stringify(params['allowedValue'])}`,
      )
    case 'format': {
      const [ru, en] = FORMATS[String(params['format'])] ?? [String(params['format']), String(params['format'])]
      return problem(at, `Здесь нужно ${ru}`, `Needed here: ${en}`)
    }
    case 'pattern':
      return problem(
        at,
        `«${short(error.data)}» не подходит: ${description(error)}`,
        `"${short(error.data)}" does not fit: ${description(error)}`,
      )
    case 'minLength':
      return params['limit'] === 1
        ? problem(at, 'Не может быть пустым', 'Must not be empty')
        : problem(at, `Не короче ${params['limit']} знаков`, `At least ${params['limit']} characters`)
    case 'maxLength':
      return problem(at, `Не длиннее ${params['limit']} знаков`, `At most ${params['limit']} characters`)
    case 'minimum':
    case 'maximum':
      return problem(
        at,
        `Должно быть ${params['comparison']} ${params['limit']}`,
        `Must be ${params['comparison']} ${params['limit']}`,
      )
    case 'minItems':
      return problem(
        at,
        `В списке должно быть хотя бы ${params['limit']}`,
        `The list needs at least ${params['limit']}`,
      )
    case 'maxItems':
      return problem(
        at,
        `В списке может быть не больше ${params['limit']}`,
        `The list takes at most ${params['limit']}`,
      )
    case 'anyOf':
      return problem(at, `Не подходит: ${description(error)}`, `Does not fit: ${description(error)}`)
    default:
      return problem(
        at,
        `Не подходит (${error.keyword}): ${error.message ?? ''}`,
        `Does not fit (${error.keyword}): ${error.message ?? ''}`,
      )
  }
}

const description = (error: ErrorObject): string =>
  String((error.parentSchema?.['description'] as string | undefined) ?? JSON.stringify(error.schema)).slice(0, 300)

const short = (value: unknown): string => String(value).slice(0, 60)

/** The known name that differs by at most two letters from what was written. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  let best: string | undefined
  let distance = 3
  for (const each of known) {
    const apart = lettersApart(name.toLowerCase(), each.toLowerCase(), distance)
    if (apart < distance) {
      best = each
      distance = apart
    }
  }
  return best
}

/** Levenshtein's distance, given up at `limit`. */
function lettersApart(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= b.length; j += 1)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)))
    row = next
  }
  return row[b.length]!
}
