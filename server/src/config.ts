import { resolve } from 'node:path'
import type { Text } from '@nabat/api/text.ts'

/** The settings of the process, from environment variables only. */
export interface Config {
  readonly port: number
  readonly host: string
  /** Folder of the embedded store; with PostgreSQL, of what commands on this machine need to find the node. */
  readonly dataFolder: string
  /** postgres://… instead of the embedded store, null for that. */
  readonly databaseUrl: string | null
  /** Configuration file applied at start, null for none. */
  readonly configFile: string | null
  readonly adminKey: string | null
  readonly secretKey: string | null
  readonly secretKeyFile: string | null
  readonly publicUrl: string | null
  readonly allowPrivateAddresses: boolean
  /** Push services that browsers may name beside the known ones: `host` or `host:port`. */
  readonly pushHosts: readonly string[]
  readonly logLevel: string
  /** Days for which events and deliveries are kept. */
  readonly keepDays: number
  readonly env: Readonly<Record<string, string | undefined>>
}

const LEVELS = ['debug', 'info', 'warn', 'error', 'silent']
/** Half a year: long enough to look something up, short enough for the disk of a small server. */
const KEEP_DAYS = 180

/** Reads the settings, or tells every mistake in them. */
export function readConfig(
  env: Readonly<Record<string, string | undefined>>,
): Config | { readonly mistakes: readonly Text[] } {
  const mistakes: Text[] = []
  const given = (name: string): string | null => (env[name] === undefined || env[name] === '' ? null : env[name])
  const whole = (name: string, otherwise: number, least: number, most: number): number => {
    const text = given(name)
    if (text === null) return otherwise
    const value = Number(text)
    if (!Number.isInteger(value) || value < least || value > most)
      mistakes.push({
        ru: `${name}="${text}": нужно целое число от ${least} до ${most}`,
        en: `${name} is "${text}": it must be a whole number from ${least} to ${most}`,
      })
    return value
  }
  const oneOf = (name: string, otherwise: string, values: readonly string[]): string => {
    const value = given(name) ?? otherwise
    if (!values.includes(value))
      mistakes.push({
        ru: `${name}="${value}": может быть одно из: ${values.join(', ')}`,
        en: `${name} is "${value}": it must be one of ${values.join(', ')}`,
      })
    return value
  }
  const publicUrl = given('NABAT_PUBLIC_URL')
  if (publicUrl !== null && !/^https?:\/\/[^/]+/.test(publicUrl))
    mistakes.push({
      ru: 'NABAT_PUBLIC_URL должен начинаться с http:// или https://',
      en: 'NABAT_PUBLIC_URL must begin with http:// or https://',
    })
  const databaseUrl = given('NABAT_DATABASE_URL')
  if (databaseUrl !== null && !/^postgres(ql)?:\/\/./.test(databaseUrl))
    mistakes.push({
      ru: 'NABAT_DATABASE_URL должен начинаться с postgres://',
      en: 'NABAT_DATABASE_URL must begin with postgres://',
    })
  // Nodes on several machines must open what any of them has sealed.
  if (databaseUrl !== null && given('NABAT_SECRET_KEY') === null && given('NABAT_SECRET_KEY_FILE') === null)
    mistakes.push({
      ru: 'С NABAT_DATABASE_URL нужен NABAT_SECRET_KEY или NABAT_SECRET_KEY_FILE, один на все узлы',
      en: 'With NABAT_DATABASE_URL there must be NABAT_SECRET_KEY or NABAT_SECRET_KEY_FILE, the same on every node',
    })
  const adminKey = given('NABAT_ADMIN_KEY')
  const pushHosts = (given('NABAT_PUSH_HOSTS') ?? '')
    .toLowerCase()
    .split(',')
    .flatMap((host) => host.trim() || [])
  for (const host of pushHosts)
    if (!/^(\[[0-9a-f:]+\]|[a-z0-9.-]+)(:\d{1,5})?$/.test(host))
      mistakes.push({
        ru: `NABAT_PUSH_HOSTS: "${host}": нужны имена через запятую, с портом или без: push.example.ru,127.0.0.1:9102`,
        en: `NABAT_PUSH_HOSTS: "${host}": give names separated by commas, with a port or without: push.example.ru,127.0.0.1:9102`,
      })
  const config: Config = {
    port: whole('NABAT_PORT', 8080, 0, 65535),
    host: given('NABAT_HOST') ?? '127.0.0.1',
    dataFolder: resolve(given('NABAT_DATA') ?? './data'),
    databaseUrl,
    configFile: given('NABAT_CONFIG'),
    adminKey,
    secretKey: given('NABAT_SECRET_KEY'),
    secretKeyFile: given('NABAT_SECRET_KEY_FILE'),
    publicUrl: publicUrl?.replace(/\/+$/, '') ?? null,
    allowPrivateAddresses: oneOf('NABAT_ALLOW_PRIVATE_ADDRESSES', 'false', ['true', 'false']) === 'true',
    pushHosts,
    logLevel: oneOf('NABAT_LOG_LEVEL', 'info', LEVELS),
    keepDays: whole('NABAT_KEEP_DAYS', KEEP_DAYS, 1, 36500),
    env,
  }
  return mistakes.length > 0 ? { mistakes } : config
}
