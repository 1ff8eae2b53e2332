import type { Contact, User } from '@nabat/api/configuration.ts'
import type { Role } from '@nabat/api/permissions.ts'
import type { Schedule } from '@nabat/api/rule.ts'
import type { StoredUser } from '../../data/people.ts'

/** A contact as its fields have it; empty for what is not given. */
export interface ContactValues {
  readonly channel: string
  readonly address: string
  readonly chat: string
  readonly topic: string
}

/** Fields of the employee card. */
export interface UserValues {
  readonly login: string
  readonly name: string
  readonly roles: Role[]
  readonly head: string
  readonly phone: string
  readonly email: string
  readonly extension: string
  readonly mattermost: string
  readonly language: '' | 'ru' | 'en'
  readonly timeZone: string
  readonly enabled: boolean
  readonly quietHours: { readonly from: string; readonly to: string } | null
  readonly workingHours: Schedule | null
  readonly preferences: NonNullable<User['preferences']>
  readonly contacts: ContactValues[]
}

/** The fields for a card, or for a new one. */
export const readUser = (user: StoredUser | undefined): UserValues => ({
  login: user?.login ?? '',
  name: user?.name ?? '',
  roles: [...(user?.roles ?? ['staff' as const])],
  head: user?.head ?? '',
  phone: user?.phone ?? '',
  email: user?.email ?? '',
  extension: user?.extension ?? '',
  mattermost: user?.mattermost ?? '',
  language: user?.language ?? '',
  timeZone: user?.timeZone ?? '',
  enabled: user?.enabled !== false,
  quietHours: user?.quietHours ?? null,
  workingHours: user?.workingHours ?? null,
  preferences: user?.preferences ?? {},
  contacts: (user?.contacts ?? []).map(({ channel, address, chat, topic }) => ({
    channel,
    address: address ?? '',
    chat: chat === undefined ? '' : String(chat),
    topic: topic === undefined ? '' : String(topic),
  })),
})

const contactOf = ({ channel, address, chat, topic }: ContactValues): Contact => ({
  channel,
  ...(address.trim() === '' ? {} : { address: address.trim() }),
  ...(chat.trim() === '' ? {} : { chat: chat.trim() }),
  // What is no number is told by the server.
  ...(topic.trim() === '' ? {} : { topic: (/^\d+$/.test(topic.trim()) ? Number(topic) : topic) as number }),
})

const TEXTS = ['name', 'head', 'phone', 'email', 'extension', 'mattermost', 'language', 'timeZone'] as const

/** The card that the fields make. */
export function writeUser(values: UserValues): object {
  const texts = TEXTS.flatMap((field) => {
    const text = values[field].trim()
    return text === '' ? [] : [[field, text]]
  })
  // A preference that changes nothing is not kept.
  const refused = Object.entries(values.preferences)
    .map(([category, by]) => [category, Object.fromEntries(Object.entries(by).filter(([, on]) => !on))] as const)
    .filter(([, by]) => Object.keys(by).length > 0)
  return {
    login: values.login.trim(),
    ...Object.fromEntries(texts),
    roles: values.roles,
    ...(values.enabled ? {} : { enabled: false }),
    ...(values.quietHours === null ? {} : { quietHours: values.quietHours }),
    ...(values.workingHours === null ? {} : { workingHours: values.workingHours }),
    ...(refused.length === 0 ? {} : { preferences: Object.fromEntries(refused) }),
    ...(values.contacts.length === 0 ? {} : { contacts: values.contacts.map(contactOf) }),
  }
}

/** The list with one of its items moved by so many places. */
export function moved<Item>(items: readonly Item[], index: number, by: number): Item[] {
  const to = index + by
  if (to < 0 || to >= items.length) return [...items]
  return items.toSpliced(index, 1).toSpliced(to, 0, items[index]!)
}
