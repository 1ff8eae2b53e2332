const PLAIN = /^[\p{L}_][\p{L}\p{N} _./+@-]*$/u
const WORDS_OF_YAML = new Set(['true', 'false', 'null', 'yes', 'no', 'on', 'off', 'y', 'n', '~'])

/** A text as YAML writes it: bare where nobody can take it for something else. */
const text = (value: string): string =>
  PLAIN.test(value) && !value.endsWith(' ') && !WORDS_OF_YAML.has(value.toLowerCase()) ? value : JSON.stringify(value)

const scalar = (value: unknown): string => (typeof value === 'string' ? text(value) : JSON.stringify(value ?? null))

const isPlain = (value: unknown): boolean => typeof value !== 'object' || value === null

function short(value: unknown): string | undefined {
  if (isPlain(value)) return scalar(value)
  if (Array.isArray(value)) return value.length === 0 ? '[]' : undefined
  return Object.keys(value as object).length === 0 ? '{}' : undefined
}

function lines(value: unknown): string[] {
  const inOne = short(value)
  if (inOne !== undefined) return [inOne]
  if (Array.isArray(value))
    return value.flatMap((each) => lines(each).map((line, index) => `${index === 0 ? '- ' : '  '}${line}`))
  return Object.entries(value as object)
    .filter(([, each]) => each !== undefined)
    .flatMap(([name, each]) => {
      const one = short(each)
      return one === undefined
        ? [`${text(name)}:`, ...lines(each).map((line) => `  ${line}`)]
        : [`${text(name)}: ${one}`]
    })
}

/** A JSON value as the configuration file would hold it, to be read by people. */
export const yamlOf = (value: unknown): string => (value === undefined || value === null ? '' : lines(value).join('\n'))
