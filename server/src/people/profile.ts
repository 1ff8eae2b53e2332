/*
 * What somebody changes of his own card, and the ways there are to reach him. Pure; the save that follows checks the rest,
 * as any save of a card does.
 */
import type { Contact, User } from '@nabat/api/configuration.ts'
import { OWN_FIELDS, type OwnField } from '@nabat/api/profile.ts'
import { problem, type Problem } from '@nabat/api/text.ts'
import { contactsOf } from '../configuration/contacts.ts'
import { sameJson } from '../configuration/plan.ts'
import type { WorkspaceView } from '../configuration/view.ts'

/** A contact with where it comes from. */
export interface OwnContact {
  readonly contact: Contact
  /** It follows from the rest of the card. */
  readonly implied: boolean
  /** A private chat with a bot: whoever linked it may unlink it. */
  readonly removable: boolean
}

const isOwn = (field: string): field is OwnField => (OWN_FIELDS as readonly string[]).includes(field)

/** One contact, however its chat is written. */
const sameContact = (a: Contact, b: Contact): boolean => sameJson(plain(a), plain(b))
const plain = ({ chat, ...rest }: Contact): object => (chat === undefined ? rest : { ...rest, chat: String(chat) })

/** The contacts of somebody in the order in which they are tried, each once. */
export function ownContacts(person: User, view: WorkspaceView): OwnContact[] {
  const given = person.contacts ?? []
  const all: OwnContact[] = []
  for (const [index, contact] of contactsOf(person, view).entries()) {
    const implied = index >= given.length
    if (implied && all.some((each) => sameContact(each.contact, contact))) continue
    const isBot = view.channelByName(contact.channel)?.kind.kind === 'telegram'
    all.push({ contact, implied, removable: !implied && isBot && /^[1-9]\d*$/.test(String(contact.chat ?? '')) })
  }
  return all
}

/** The card as it will be, or what is wrong with what was wanted. */
export type OwnEdit = { readonly entity: User } | { readonly problems: readonly Problem[] }

/** What a person wants to change of his own card: fields that are not named stay, null takes one out. */
export function ownEdit(body: Readonly<Record<string, unknown>>, person: User, view: WorkspaceView): OwnEdit {
  const problems = Object.keys(body)
    .filter((field) => !isOwn(field))
    .map((field) =>
      problem(
        `/${field}`,
        `Здесь меняют только своё: ${OWN_FIELDS.join(', ')}; остальное на карточке меняет администратор`,
        `Only one’s own is changed here: ${OWN_FIELDS.join(', ')}; the rest of the card is for an administrator`,
      ),
    )
  const entity: Record<string, unknown> = { ...person }
  for (const field of OWN_FIELDS) {
    if (body[field] === null) delete entity[field]
    else if (body[field] !== undefined) entity[field] = body[field]
  }
  const wanted = body['contacts'] === null ? [] : body['contacts']
  if (wanted !== undefined) {
    const contacts = orderOf(wanted, person, view)
    if ('problems' in contacts) problems.push(...contacts.problems)
    else if (contacts.order.length === 0) delete entity['contacts']
    else entity['contacts'] = contacts.order
  }
  return problems.length > 0 ? { problems } : { entity: entity as unknown as User }
}

/** The contacts in the order that was wanted; nobody adds an address here that he has not shown to be his. */
function orderOf(
  wanted: unknown,
  person: User,
  view: WorkspaceView,
): { readonly order: readonly Contact[] } | { readonly problems: readonly Problem[] } {
  const own = ownContacts(person, view)
  if (!Array.isArray(wanted)) return { problems: [problem('/contacts', 'Здесь нужен список', 'A list is needed here')] }
  const list = wanted as readonly unknown[]
  const problems: Problem[] = []
  const order: Contact[] = []
  for (const [index, each] of list.entries()) {
    const known = own.find(({ contact }) => isContact(each) && sameContact(contact, each))
    if (known === undefined)
      problems.push(
        problem(
          `/contacts/${index}`,
          'Такого способа связи у вас нет: Telegram привязывают кодом, остальное добавляет администратор',
          'You have no such way: Telegram is linked by a code, the rest is added by an administrator',
        ),
      )
    else if (!order.includes(known.contact)) order.push(known.contact)
  }
  for (const { contact, implied, removable } of own)
    if (!implied && !removable && !order.includes(contact))
      problems.push(
        problem(
          '/contacts',
          `«${contact.channel}» добавил администратор, он и убирает; отказаться от сообщений можно в предпочтениях`,
          `"${contact.channel}" was added by an administrator, who also takes it out; what comes that way is switched off under preferences`,
        ),
      )
  return problems.length > 0 ? { problems } : { order: withoutImplied(order, own, person, view) }
}

const isContact = (value: unknown): value is Contact =>
  typeof value === 'object' && value !== null && typeof (value as Contact).channel === 'string'

/** What follows from the card by itself at the end is not written down: it would stay when the card changes. */
function withoutImplied(
  order: readonly Contact[],
  own: readonly OwnContact[],
  person: User,
  view: WorkspaceView,
): readonly Contact[] {
  const isImplied = (contact: Contact): boolean => own.some((each) => each.implied && each.contact === contact)
  const whole = (contacts: readonly Contact[]): Contact[] =>
    ownContacts({ ...person, contacts: [...contacts] }, view).map(({ contact }) => contact)
  const wanted = whole(order)
  let kept = order
  while (kept.length > 0 && isImplied(kept.at(-1)!) && sameJson(whole(kept.slice(0, -1)), wanted))
    kept = kept.slice(0, -1)
  return kept
}

/** A card with its own fields as they were in another version of it: everything else stays as it is now. */
export function withOwnFieldsOf(before: Readonly<Record<string, unknown>>, now: User): User {
  const entity: Record<string, unknown> = { ...now }
  for (const field of OWN_FIELDS) {
    if (before[field] === undefined) delete entity[field]
    else entity[field] = before[field]
  }
  return entity as unknown as User
}

/** Whether two versions of a card differ in its own fields alone. */
export function differOnlyInOwn(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): boolean {
  const others = (card: Readonly<Record<string, unknown>>): object =>
    Object.fromEntries(Object.entries(card).filter(([field]) => !isOwn(field)))
  return sameJson(others(before), others(after))
}

/** Private chats with bots that were taken out between two versions of a card, or came in. */
export function chatsBetween(before: User, after: User, view: WorkspaceView): readonly Contact[] {
  const has = ({ contacts = [] }: User, contact: Contact): boolean =>
    contacts.some((each) => each.channel === contact.channel && String(each.chat) === String(contact.chat))
  return ownContacts(before, view)
    .filter(({ removable, contact }) => removable && !has(after, contact))
    .map(({ contact }) => contact)
}

/** Why somebody cannot change his card here, with whom to ask and what for; null: he can. */
export function lockedBecause(
  card: { readonly origin: 'file' | 'api'; readonly login: string } | null,
  view: WorkspaceView,
  wanted: object = {},
): Problem | null {
  if (card === null)
    return problem(
      '',
      'У вас нет карточки в этом кабинете: вы здесь как оператор установки. Чтобы получать сообщения, заведите её в разделе «Люди»',
      'You have no card in this workspace: you are here as the operator of the installation. To get messages, make one under People',
    )
  if (card.origin !== 'file') return null
  const admins = [...view.withRole('admin')]
    .flatMap((login) => view.people.get(login) ?? [])
    .filter(({ enabled, login }) => enabled !== false && login !== card.login)
    .map(({ name, login }) => name ?? login)
    .slice(0, 3)
    .join(', ')
  const fields = Object.entries(wanted)
    .map(([field, value]) => `${field}: ${JSON.stringify(value)}`)
    .join(', ')
  const lines = `users: [{ login: ${card.login}${fields === '' ? ', …' : `, ${fields}`} }]`
  return problem(
    '',
    `Ваша карточка описана в файле конфигурации. Попросите администратора${admins === '' ? '' : ` (${admins})`} внести в него: ${lines}`,
    `Your card is described in the configuration file. Ask an administrator${admins === '' ? '' : ` (${admins})`} to put this into it: ${lines}`,
  )
}
