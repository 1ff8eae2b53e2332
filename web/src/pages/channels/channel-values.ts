import type { ChannelKindName } from '@nabat/api/channel.ts'
import type { StoredChannel } from '../../data/channels.ts'

/** Fields of the form over a channel: those of every kind, empty where they are not set. */
export interface ChannelValues {
  name: string
  enabled: boolean
  backup: string
  proxy: string
  token: string
  apiRoot: string
  host: string
  port: string
  encryption: 'none' | 'starttls' | 'tls'
  /** Whether the mail server is told who sends. */
  signsIn: boolean
  auth: { user: string; password: string }
  checkCertificate: boolean
  ca: string
  from: { address: string; name: string }
  replyTo: string
  connections: string
  /** How Mattermost is connected. */
  door: 'hook' | 'bot'
  url: string
  server: string
  channel: string
  secret: string
  headers: { name: string; value: string }[]
}

const text = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '')
const part = (value: unknown): Readonly<Record<string, unknown>> => (value ?? {}) as Record<string, unknown>

/** The fields for a channel; those of a new one without. */
export function readChannel(channel: StoredChannel | undefined): ChannelValues {
  const given = part(channel)
  const auth = part(given['auth'])
  const from = part(given['from'])
  return {
    name: text(given['name']),
    enabled: given['enabled'] !== false,
    backup: text(given['backup']),
    proxy: text(given['proxy']),
    token: text(given['token']),
    apiRoot: text(given['apiRoot']),
    host: text(given['host']),
    port: text(given['port']),
    encryption: (given['encryption'] ?? (channel === undefined ? 'tls' : 'starttls')) as ChannelValues['encryption'],
    signsIn: given['auth'] !== undefined,
    auth: { user: text(auth['user']), password: text(auth['password']) },
    checkCertificate: given['checkCertificate'] !== false,
    ca: text(given['ca']),
    from: { address: text(from['address']), name: text(from['name']) },
    replyTo: text(given['replyTo']),
    connections: text(given['connections']),
    door: given['server'] === undefined ? 'hook' : 'bot',
    url: text(given['url']),
    server: text(given['server']),
    channel: text(given['channel']),
    secret: text(given['secret']),
    headers: Object.entries(part(given['headers'])).map(([name, value]) => ({ name, value: text(value) })),
  }
}

/** What is left of an object without what was not filled in; undefined when nothing is. */
function filled(fields: Readonly<Record<string, unknown>>): Record<string, unknown> | undefined {
  const given = Object.entries(fields).filter(([, value]) => value !== '' && value !== undefined)
  return given.length === 0 ? undefined : Object.fromEntries(given)
}

/** A number in digits as a number; whatever else was typed goes as it is, for the server to say what is wrong with it. */
const number = (typed: string): unknown => (/^\d{1,9}$/.test(typed.trim()) ? Number(typed) : typed.trim())

const SETTINGS: Readonly<Record<ChannelKindName, (values: ChannelValues) => Record<string, unknown>>> = {
  telegram: ({ token, apiRoot, proxy }) => ({ token: token.trim(), apiRoot, proxy }),
  smtp: (values) => ({
    host: values.host.trim(),
    port: number(values.port),
    encryption: values.encryption,
    ...(values.signsIn ? { auth: filled(values.auth) ?? {} } : {}),
    ...(values.checkCertificate ? {} : { checkCertificate: false }),
    ca: values.ca,
    from: filled(values.from),
    replyTo: values.replyTo,
    connections: number(values.connections),
  }),
  mattermost: ({ door, url, server, token, channel, proxy }) =>
    door === 'hook' ? { url, channel, proxy } : { server, token, channel, proxy },
  webhook: ({ url, secret, headers, connections, proxy }) => ({
    url,
    secret,
    headers: filled(Object.fromEntries(headers.map(({ name, value }) => [name.trim(), value]))),
    connections: number(connections),
    proxy,
  }),
  inbox: () => ({}),
  push: ({ proxy }) => ({ proxy }),
}

/** The channel that the fields make, as the API takes it. */
export const writeChannel = (kind: ChannelKindName, values: ChannelValues): Record<string, unknown> => ({
  name: values.name,
  kind,
  ...(values.enabled ? {} : { enabled: false }),
  ...filled({ backup: values.backup, ...SETTINGS[kind](values) }),
})
