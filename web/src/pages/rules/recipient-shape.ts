import type { Recipient } from '@nabat/api/rule.ts'
import type { StoredChannel } from '../../data/channels.ts'
import type { WordKey } from '../../i18n.ts'
import type { ruleEditorWords } from '../../words/rule-editor.ts'

/** What a line of the editor asks for. */
export type RecipientShape = 'telegram' | 'smtp' | 'mattermost' | 'webhook' | 'user' | 'role' | 'group' | 'relation'

interface Kind {
  readonly shape: RecipientShape
  readonly word: WordKey<typeof ruleEditorWords.ru>
  /** Kind of the channel that it takes. */
  readonly channel?: string
}

/** What can be added, in the order in which it is offered. */
export const KINDS: readonly Kind[] = [
  { shape: 'telegram', word: 'toTelegram', channel: 'telegram' },
  { shape: 'smtp', word: 'toMail', channel: 'smtp' },
  { shape: 'mattermost', word: 'toMattermost', channel: 'mattermost' },
  { shape: 'webhook', word: 'toWebhook', channel: 'webhook' },
  { shape: 'user', word: 'toUser' },
  { shape: 'role', word: 'toRole' },
  { shape: 'group', word: 'toGroup' },
  { shape: 'relation', word: 'toRelation' },
]

/** How a recipient is edited; `kinds` of channels by their names. */
export function shapeOf(to: Recipient, kinds: ReadonlyMap<string, string>): RecipientShape {
  for (const person of ['user', 'role', 'group', 'relation'] as const) if (to[person] !== undefined) return person
  const kind = KINDS.find(({ channel }) => channel !== undefined && channel === kinds.get(to.channel ?? ''))
  if (kind !== undefined) return kind.shape
  // Its channel is gone, or not to be seen: what it has says what it was.
  return to.address !== undefined ? 'smtp' : to.chat !== undefined ? 'telegram' : 'webhook'
}

/** A recipient that is not filled in; with the only channel of its kind, or the first that is ready. */
export function newRecipient(shape: RecipientShape, channels: readonly StoredChannel[]): Recipient {
  if (shape === 'user') return { user: '' }
  if (shape === 'role') return { role: 'dispatcher' }
  if (shape === 'group') return { group: '' }
  if (shape === 'relation') return { relation: 'assignee' }
  const ofKind = channels.filter(({ kind }) => kind === shape)
  const channel = (ofKind.find(({ status }) => status === 'ready') ?? ofKind[0])?.name ?? ''
  if (shape === 'smtp') return { channel, address: '' }
  return shape === 'webhook' ? { channel } : { channel, chat: '' }
}

/** A recipient with a field changed; undefined takes it out. */
export function withField<Name extends keyof Recipient>(
  to: Recipient,
  name: Name,
  value: Recipient[Name] | undefined,
): Recipient {
  const { [name]: _, ...rest } = to
  return value === undefined ? rest : { ...rest, [name]: value }
}
