import type { LinkInfo } from '@nabat/api/session.ts'
import { problem, type Problem } from '@nabat/api/text.ts'
import { mailAddress } from '../channels/mail/address.ts'
import type { Clock, Random } from '../clock.ts'
import type { Configuration } from '../configuration/configuration.ts'
import type { WorkspaceView } from '../configuration/view.ts'
import type { Workspaces } from '../configuration/workspaces.ts'
import type { AccountRow, LinkFor, LinkRow, LinkUse, Membership, NewAccount } from '../store/access.ts'
import type { Store } from '../store/store.ts'
import { cardByLogin, cardOf, type Card } from './member.ts'
import { foldName, namesOf } from './names.ts'
import { passwordProblem, type Passwords } from './passwords.ts'
import type { SecondFactors } from './second-factor.ts'
import { tokenHash, type Seat, type Sessions } from './sessions.ts'
import type { Refused, SignedIn, SignIn } from './sign-in.ts'

const HOUR_MS = 3_600_000
/** How long each kind of link is good for. */
export const LINK_MS = { setup: 168 * HOUR_MS, invitation: 168 * HOUR_MS, reset: HOUR_MS } as const

/** What somebody fills in after opening a link. */
export interface LinkAnswer {
  readonly password: string
  readonly login?: string
  readonly name?: string
  readonly email?: string
  /** Of the second factor, where the account has one. */
  readonly code?: string
}

/** Why a link was not used; it can be tried again but when it is `gone`. */
export type NotUsed = 'gone' | Refused | { readonly problems: readonly Problem[] } | { readonly taken: Problem }

interface Parts {
  readonly store: Store
  readonly clock: Clock
  readonly random: Random
  readonly workspaces: Workspaces
  readonly configuration: Configuration
  readonly passwords: Passwords
  readonly sessions: Sessions
  readonly signIn: SignIn
  readonly secondFactors: SecondFactors
  /** The workspace of the first administrator. */
  readonly home: number
}

/** What a use comes to once everything has been looked at. */
type Decided = Pick<LinkUse, 'account' | 'member' | 'endOthers'> & { readonly workspace: number }

/** An invitation with the card it is to. */
interface Invited extends Card {
  readonly view: WorkspaceView
  readonly card: number
}

/** One-time links: the first administrator, invitations, passwords that were lost. */
export class Links {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Makes a link; its token is for whom it is meant alone. */
  async make(purpose: LinkFor): Promise<{ readonly token: string; readonly expiresAt: number }> {
    const { store, clock, random } = this.#parts
    const token = random.bytes(32).toString('base64url')
    const madeAt = clock.now()
    const expiresAt = madeAt + LINK_MS[purpose.kind]
    await store.addLink(tokenHash(token), { for: purpose, madeAt, expiresAt })
    return { token, expiresAt }
  }

  /** What a link is for; undefined when it is good for nothing any more. */
  async look(token: string): Promise<LinkInfo | undefined> {
    const { store, clock } = this.#parts
    const link = await store.link(tokenHash(token), clock.now())
    if (link === undefined) return undefined
    const { kind } = link.for
    const about = { kind, workspace: null, expiresAt: new Date(link.expiresAt).toISOString() }
    if (link.for.kind === 'setup')
      return { ...about, login: null, name: null, email: null, account: 'new', code: false }
    if (link.for.kind === 'reset') {
      const account = await store.account(link.for.account)
      if (account === undefined) return undefined
      const { login, name, email } = account
      return { ...about, login, name, email, account: 'existing', code: await this.#asksCode(account) }
    }
    const invited = this.#invited(link)
    if (invited === undefined) return undefined
    const { view, person } = invited
    const account = await this.#accountOf(person)
    return {
      ...about,
      workspace: view.settings.title ?? view.name,
      login: person.login,
      name: person.name ?? null,
      email: person.email ?? null,
      account: account === undefined ? 'new' : 'existing',
      code: account !== undefined && (await this.#asksCode(account)),
    }
  }

  /** Uses a link and signs in whom it was for. */
  async use(token: string, answer: LinkAnswer, seat: Seat): Promise<SignedIn | NotUsed> {
    const { store, clock, sessions, signIn } = this.#parts
    const hash = tokenHash(token)
    const link = await store.link(hash, clock.now())
    if (link === undefined) return 'gone'
    const decided = await this.#decide(link, answer, seat)
    if (typeof decided !== 'object' || !('workspace' in decided)) return decided
    const { workspace, ...what } = decided
    const begun = sessions.fresh(workspace, seat)
    const used = await store.useLink({ hash, now: clock.now(), ...what, session: begun.session })
    if (used === 'gone') return used
    if (used === 'taken') return { taken: TAKEN }
    sessions.forget(used)
    // Whoever has the machine itself may be there because the phone is gone.
    if (link.for.kind === 'setup') await store.removeSecondFactor(used)
    return signIn.begun(begun.token)
  }

  #decide(link: LinkRow, answer: LinkAnswer, seat: Seat): Promise<Decided | NotUsed> {
    if (link.for.kind === 'setup') return this.#setup(answer)
    if (link.for.kind === 'reset') return this.#reset(link.for.account, answer, seat)
    const invited = this.#invited(link)
    return invited === undefined ? Promise.resolve('gone') : this.#join(invited, answer, seat)
  }

  /**
   * The first administrator; or, once there are accounts, the way back in for whoever has the machine itself: an account
   * that is there gets this password and becomes an operator.
   */
  async #setup(answer: LinkAnswer): Promise<Decided | NotUsed> {
    const { passwords, workspaces, home } = this.#parts
    const wanted = wantedAccount({ ...answer, login: answer.login ?? '' })
    if ('problems' in wanted) return wanted
    const [byLogin, byEmail] = [await this.#named(wanted.login), await this.#named(wanted.email)]
    const account = byLogin ?? byEmail
    if (byLogin !== undefined && byEmail !== undefined && byLogin.id !== byEmail.id) return { taken: EMAIL_TAKEN }
    const member = await this.#homeCard(workspaces.get(home)!, wanted, account)
    if (member !== null && 'problems' in member) return member
    const password = await passwords.hash(answer.password)
    const one =
      account === undefined
        ? { ...wanted, password, operator: true, names: namesOf(wanted.login, wanted.email) }
        : { id: account.id, password, operator: true as const }
    return { account: one, member, endOthers: true, workspace: home }
  }

  /** The card of the first administrator; made when there is none of this login, and used as it is when there is one. */
  async #homeCard(
    view: WorkspaceView,
    { login, name, email }: Wanted,
    account: AccountRow | undefined,
  ): Promise<Membership | null | { readonly problems: readonly Problem[] }> {
    const { store, configuration, clock } = this.#parts
    const memberships = account === undefined ? [] : await store.memberships(account.id)
    if (memberships.some(({ workspace }) => workspace === view.id)) return null
    const there = cardByLogin(view, login)
    if (there !== undefined) {
      const [access] = await store.cardAccess(view.id, [there.id], clock.now())
      // Somebody else's: an operator may enter without a card.
      return access?.account != null ? null : { workspace: view.id, card: there.id }
    }
    const entity = { login, ...(name === null ? {} : { name }), ...(email === null ? {} : { email }), roles: ['admin'] }
    const saved = await configuration.save(
      view,
      [{ section: 'users', id: null, entity, path: '', origin: 'api' }],
      login,
    )
    return 'problems' in saved ? { problems: saved.problems } : { workspace: view.id, card: saved.ids[0]! }
  }

  async #join(invited: Invited, answer: LinkAnswer, seat: Seat): Promise<Decided | NotUsed> {
    const { view, card, person } = invited
    const member = { workspace: view.id, card }
    const found = await this.#accountOf(person, answer.login)
    if (found !== undefined) {
      const refused = await this.#mayJoin(found, view, answer, seat)
      if (refused !== undefined) return refused
      const account = { id: found.id, password: null, operator: null }
      return { account, member, endOthers: false, workspace: view.id }
    }
    const email = answer.email ?? person.email
    const free = email !== undefined && (await this.#named(email)) === undefined
    if (answer.email !== undefined && !free) return { taken: EMAIL_TAKEN }
    const wanted = wantedAccount({
      password: answer.password,
      login: answer.login ?? person.login,
      ...(free ? { email } : {}),
      ...((answer.name ?? person.name) === undefined ? {} : { name: answer.name ?? person.name! }),
    })
    if ('problems' in wanted) return wanted
    const password = await this.#parts.passwords.hash(answer.password)
    const account: NewAccount = { ...wanted, password, operator: false, names: namesOf(wanted.login, wanted.email) }
    return { account, member, endOthers: false, workspace: view.id }
  }

  /** Whoever joins with an account that is there shows that it is his. */
  async #mayJoin(
    account: AccountRow,
    view: WorkspaceView,
    { password, code }: LinkAnswer,
    seat: Seat,
  ): Promise<NotUsed | undefined> {
    const refused = await this.#parts.signIn.confirm(account, password, seat)
    if (refused?.refused === 'unknown') return { problems: [notHisPassword(account.login)] }
    const second = refused ?? (await this.#parts.signIn.second(account, code, seat))
    if (second !== undefined) return second
    const memberships = await this.#parts.store.memberships(account.id)
    const other = memberships.find(({ workspace }) => workspace === view.id)
    return other !== undefined && cardOf(view, other.card) !== undefined ? { taken: MEMBER_ALREADY } : undefined
  }

  async #reset(id: number, { password, code }: LinkAnswer, seat: Seat): Promise<Decided | NotUsed> {
    const { store, passwords, signIn, home } = this.#parts
    const account = await store.account(id)
    if (account === undefined || account.disabledAt !== null) return 'gone'
    const wrong = passwordProblem(password, [account.login, account.email])
    if (wrong !== undefined) return { problems: [wrong] }
    // Whoever reads somebody's mail does not have his phone.
    const refused = await signIn.second(account, code, seat)
    if (refused !== undefined) return refused
    const view = await signIn.startsAt(account, await store.memberships(id))
    const change = { id, password: await passwords.hash(password), operator: null }
    return { account: change, member: null, endOthers: true, workspace: view?.id ?? home }
  }

  async #asksCode({ id }: AccountRow): Promise<boolean> {
    return (await this.#parts.secondFactors.state(id)).since !== null
  }

  #invited({ for: purpose }: LinkRow): Invited | undefined {
    if (purpose.kind !== 'invitation') return undefined
    const view = this.#parts.workspaces.get(purpose.workspace)
    const card = view && cardOf(view, purpose.card)
    return view && card && { ...card, view, card: purpose.card }
  }

  /** The account an invitation would join: that of the login he names, else of the address or login on the card. */
  async #accountOf(
    { email, login }: { readonly email?: string; readonly login: string },
    named?: string,
  ): Promise<AccountRow | undefined> {
    if (named !== undefined) return this.#named(named)
    return (await this.#named(email ?? null)) ?? this.#named(login)
  }

  async #named(name: string | null): Promise<AccountRow | undefined> {
    return name === null || name === '' ? undefined : this.#parts.store.accountByName(foldName(name))
  }
}

interface Wanted {
  readonly login: string
  readonly email: string | null
  readonly name: string | null
}

/** What a new account would be, or everything that is wrong with it. */
export function wantedAccount(
  answer: LinkAnswer & { readonly login: string },
): Wanted | { readonly problems: readonly Problem[] } {
  const login = answer.login.trim()
  const given = answer.email?.trim() ?? ''
  const email = given === '' ? null : mailAddress(given)
  const problems: Problem[] = []
  if (login === '' || /\p{Cc}/u.test(login)) problems.push(problem('/login', 'Укажите логин', 'Give a login'))
  if (email === undefined)
    problems.push(
      problem(
        '/email',
        `«${given}» — не адрес электронной почты; нужен адрес вида duty@example.ru`,
        `"${given}" is not an e-mail address; one such as duty@example.ru is needed`,
      ),
    )
  const wrong = passwordProblem(answer.password, [login, email ?? null])
  if (wrong !== undefined) problems.push(wrong)
  const name = answer.name?.trim() ?? ''
  return problems.length > 0 ? { problems } : { login, email: email ?? null, name: name === '' ? null : name }
}

const TAKEN = problem(
  '/login',
  'Этот логин или адрес уже занят, или приглашение принял другой: обновите страницу и проверьте',
  'This login or address is taken by now, or somebody else has accepted: reload the page and look',
)
const EMAIL_TAKEN = problem(
  '/email',
  'Этот адрес — у другой учётной записи: укажите другой или войдите с ней',
  'This address belongs to another account: give another one, or use that account',
)
const MEMBER_ALREADY = problem(
  '/login',
  'Эта учётная запись уже работает в этом кабинете под другой карточкой: возьмите другую',
  'This account is in this workspace already, with another card: take another account',
)
const notHisPassword = (login: string): Problem =>
  problem(
    '/password',
    `Учётная запись «${login}» уже есть: введите её пароль. Если она не ваша, выберите другой логин`,
    `There is an account "${login}" already: enter its password. If it is not yours, choose another login`,
  )
