import { CALLS_MAIL, CHATS, DUTY_MAIL } from './channels.ts'
import { PHONES, USERS } from './people.ts'

const mailboxes = USERS.flatMap(({ name, email, contacts = [] }) =>
  [email, ...contacts.map(({ address }) => address)].flatMap((address): [string, string][] =>
    address === undefined || name === undefined ? [] : [[address, name]],
  ),
)

/** Whose a chat or a mailbox is, or what it is called, by its id or address. */
export const PLACE_NAMES: Readonly<Record<string, string>> = {
  ...CHATS,
  ...PHONES,
  ...Object.fromEntries(mailboxes),
  [DUTY_MAIL]: 'Дежурная смена',
  [CALLS_MAIL]: 'Общий ящик для звонков',
}
