import type { LetterStyle } from '../channels/channel.ts'
import type { Clock, Random } from '../clock.ts'
import type { Configuration } from '../configuration/configuration.ts'
import type { SecretBox } from '../configuration/secret-box.ts'
import type { WorkspaceView } from '../configuration/view.ts'
import type { Workspaces } from '../configuration/workspaces.ts'
import type { Log } from '../log.ts'
import type { Ways } from '../pipeline/attempt.ts'
import type { Notice, Store } from '../store/store.ts'
import { Invitations } from './invitations.ts'
import { Links } from './links.ts'
import { Passwords } from './passwords.ts'
import { SecondFactors } from './second-factor.ts'
import { Sessions } from './sessions.ts'
import { SignIn } from './sign-in.ts'
import { SlowDown } from './slow-down.ts'

export interface AccessParts {
  readonly store: Store
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly workspaces: Workspaces
  readonly configuration: Configuration
  readonly ways: Ways
  /** How letters of a company look. */
  readonly letterStyle: (view: WorkspaceView) => Promise<LetterStyle>
  /** Seals the secrets of second factors. */
  readonly box: SecretBox
  /** The workspace of the first administrator. */
  readonly home: number
}

/** Everything about signing in, put together. */
export interface Access {
  readonly sessions: Sessions
  readonly signIn: SignIn
  readonly links: Links
  readonly invitations: Invitations
  readonly slowDown: SlowDown
  readonly secondFactors: SecondFactors
  /** Takes up what another node tells. */
  readonly heard: (notice: Notice) => void
}

/** Puts together who may sign in and how. */
export function openAccess(parts: AccessParts): Access {
  const { store, clock, random } = parts
  const sessions = new Sessions(store, clock, random)
  const slowDown = new SlowDown(clock)
  const secondFactors = new SecondFactors(store, parts.box, clock, random)
  const passwords = new Passwords(random)
  const signIn = new SignIn({ ...parts, passwords, sessions, slowDown, secondFactors })
  const links = new Links({ ...parts, passwords, sessions, signIn, secondFactors })
  const invitations = new Invitations({ ...parts, links })
  const heard = (notice: Notice): void => {
    if (notice.kind === 'access') sessions.forget(notice.account)
    if (notice.kind === 'missed') sessions.forget()
    if (notice.kind === 'tried') for (const key of notice.of) slowDown.failed(key, notice.at)
  }
  return { sessions, signIn, links, invitations, slowDown, secondFactors, heard }
}
