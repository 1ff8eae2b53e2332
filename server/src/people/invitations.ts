import type { User } from '@nabat/api/configuration.ts'
import { problem, type Problem } from '@nabat/api/text.ts'
import type { LetterStyle } from '../channels/channel.ts'
import { mailAddress, showMailAddress } from '../channels/mail/address.ts'
import type { Clock, Random } from '../clock.ts'
import type { WorkspaceView } from '../configuration/view.ts'
import type { Workspaces } from '../configuration/workspaces.ts'
import type { Log } from '../log.ts'
import type { Ways } from '../pipeline/attempt.ts'
import type { AccountRow, Membership } from '../store/access.ts'
import type { EntityRow, Store } from '../store/store.ts'
import { invitationLetter, mailChannels, resetLetter, sendLetter, type Letter } from './letters.ts'
import { LINK_MS, type Links } from './links.ts'
import { cardOf } from './member.ts'
import { foldName } from './names.ts'

/** So long after a letter with a link nobody can have another one sent to the same person. */
const AGAIN_MS = 120_000

/** What became of an invitation. */
export interface Invitation {
  /** E-mail address the letter went to; null: it could not be mailed. */
  readonly sentTo: string | null
  /** To be handed over by whoever invites, where it could not be mailed. */
  readonly link: string | null
  readonly expiresAt: number
}

interface Parts {
  readonly store: Store
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly workspaces: Workspaces
  readonly links: Links
  readonly ways: Ways
  readonly letterStyle: (view: WorkspaceView) => Promise<LetterStyle>
}

/** Links that are sent to people by mail, or handed to whoever may pass them on. `base`: where the console is, no slash at its end. */
export class Invitations {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /**
   * Invites the person of a card. One who has an account gets a link to set his password anew, unless the account is of
   * more than this workspace: then only its own e-mail address may tell whose it is.
   */
  async invite(view: WorkspaceView, row: EntityRow, base: string): Promise<Invitation | Problem> {
    const { store, links, clock } = this.#parts
    const card = cardOf(view, row.id)
    if (card === undefined) return HAS_LEFT
    const [access] = await store.cardAccess(view.id, [row.id], clock.now())
    const { person } = card
    const language = person.language ?? view.language
    const company = view.settings.title ?? view.name
    if (access?.account == null) {
      const { token, expiresAt } = await links.make({ kind: 'invitation', workspace: view.id, card: row.id })
      const url = `${base}/invitation/${token}`
      const days = LINK_MS.invitation / 86_400_000
      const letter = (to: string): Letter => invitationLetter(to, language, { company, login: person.login, url, days })
      return this.#mail(person.email, letter, [view], url, expiresAt)
    }
    const account = await store.account(access.account)
    const memberships = await store.memberships(access.account)
    if (account === undefined || account.operator || memberships.length > 1) return OF_SEVERAL
    const { token, expiresAt } = await links.make({ kind: 'reset', account: account.id })
    const url = `${base}/reset/${token}`
    return this.#mail(account.email ?? person.email, this.#reset(account, language, url), [view], url, expiresAt)
  }

  /** Mails a link to set a password anew, where there is such an account and a way to mail it. Tells nobody which. */
  async mailReset(name: string, base: string): Promise<void> {
    const { store, workspaces, links, clock } = this.#parts
    const account = await store.accountByName(foldName(name))
    if (account === undefined || account.disabledAt !== null) return
    const last = await store.lastReset(account.id, clock.now())
    if (last !== undefined && clock.now() - last < AGAIN_MS) return
    const memberships = await store.memberships(account.id)
    const own = memberships.flatMap((one): { view: WorkspaceView; person: User }[] => {
      const view = workspaces.get(one.workspace)
      const card = view && cardOf(view, one.card)
      return view && card ? [{ view, person: card.person }] : []
    })
    const address = addressOf(account, memberships, own[0]?.person)
    const views = [...own.map(({ view }) => view), ...(account.operator ? workspaces.all() : [])]
    if (address === undefined || !views.some((view) => mailChannels(view).length > 0)) return
    const { token, expiresAt } = await links.make({ kind: 'reset', account: account.id })
    const url = `${base}/reset/${token}`
    const language = own[0]?.person.language ?? views[0]!.language
    await this.#mail(address, this.#reset(account, language, url), views, url, expiresAt)
  }

  /** A link to the page where an administrator is made, or comes in again when everybody is locked out. */
  async adminLink(base: string): Promise<{ readonly link: string; readonly expiresAt: number }> {
    const { token, expiresAt } = await this.#parts.links.make({ kind: 'setup' })
    return { link: `${base}/setup/${token}`, expiresAt }
  }

  #reset({ login }: AccountRow, language: 'ru' | 'en', url: string): (to: string) => Letter {
    return (to) => resetLetter(to, language, { login, url, minutes: LINK_MS.reset / 60_000 })
  }

  async #mail(
    address: string | undefined,
    letter: (to: string) => Letter,
    views: readonly WorkspaceView[],
    url: string,
    expiresAt: number,
  ): Promise<Invitation> {
    const to = address === undefined ? undefined : mailAddress(address)
    if (to !== undefined)
      for (const view of new Set(views))
        if (await sendLetter(letter(to), view, this.#parts))
          return { sentTo: showMailAddress(to), link: null, expiresAt }
    return { sentTo: null, link: url, expiresAt }
  }
}

/**
 * Where a link to set a password goes. The address on a card is the administrator's word: it is taken where the account is
 * of that workspace alone, over which he has the say anyway.
 */
export function addressOf(
  { email, operator }: Pick<AccountRow, 'email' | 'operator'>,
  memberships: readonly Membership[],
  person: Pick<User, 'email'> | undefined,
): string | undefined {
  if (email !== null) return email
  return operator || memberships.length > 1 ? undefined : person?.email
}

const HAS_LEFT = problem(
  '',
  'Этот человек больше не работает (enabled: false): приглашать его некуда',
  'This person has left (enabled: false): there is nothing to invite to',
)
const OF_SEVERAL = problem(
  '',
  'Этот человек уже входит, и не только в этот кабинет: новый пароль он может получить сам, со страницы входа',
  'This person can sign in already, and not to this workspace alone: a new password is had from the sign-in page',
)
