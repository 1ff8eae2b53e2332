import type { HttpParts } from '../server/src/http/server.ts'
import type { Seat } from '../server/src/people/sessions.ts'
import { VISITOR } from './people.ts'

/** Lets the visitor in as the administrator: one session, for whoever has the printed link. */
export class Visitor {
  readonly #access: HttpParts['access']
  #token: string | undefined

  constructor({ access }: Pick<HttpParts, 'access'>) {
    this.#access = access
  }

  /** The token of his session. */
  async enter(seat: Seat): Promise<string> {
    const { links, sessions } = this.#access
    if (this.#token !== undefined && (await sessions.find(this.#token, seat)) !== undefined) return this.#token
    const { token } = await links.make({ kind: 'setup' })
    // Nobody needs to know the password: the link is what one enters by.
    const used = await links.use(token, { login: VISITOR, password: `${token}.` }, seat)
    if (typeof used === 'string' || !('token' in used))
      throw new Error(`the visitor cannot enter: ${JSON.stringify(used)}`)
    this.#token = used.token
    return used.token
  }
}
