import { argon2, timingSafeEqual, type Argon2Parameters } from 'node:crypto'
import { promisify } from 'node:util'
import { PASSWORD_LENGTH } from '@nabat/api/session.ts'
import { problem, type Problem } from '@nabat/api/text.ts'
import type { Random } from '../clock.ts'
import { foldName } from './names.ts'

const derive = promisify(argon2) as (algorithm: 'argon2id', parameters: Argon2Parameters) => Promise<Buffer>

/** What a hash costs: KiB of memory, passes over it, lanes. */
export interface Cost {
  readonly memory: number
  readonly passes: number
  readonly lanes: number
}

/** https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html [30 ms] */
const OWASP: Cost = { memory: 19_456, passes: 2, lanes: 1 }
const SALT_BYTES = 16
const TAG_BYTES = 32
/** Hashes at once: each takes a thread of four, which files need as well, and 19 MiB. */
const AT_ONCE = 2
/** More that wait are turned away: whoever comes last would wait for seconds. */
const MOST_WAITING = 60

const PHC = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,4}),p=(\d{1,3})\$([A-Za-z0-9+/]{1,128})\$([A-Za-z0-9+/]{1,128})$/

/** The commonest, and the commonest of those who type Russian; folded. */
const COMMON = new Set(
  `password passw0rd password1 password12 password123 p@ssw0rd p@ssword 12345678 123456789 1234567890 0123456789 87654321
  987654321 0987654321 11111111 00000000 88888888 12341234 11223344 12344321 123123123 123321123 1q2w3e4r 1q2w3e4r5t
  1qaz2wsx qwertyui qwertyuiop qwerty12 qwerty123 qwerty1234 qwertyqwerty asdfghjk asdfghjkl zxcvbnm1 zaq12wsx
  iloveyou sunshine princess football baseball superman computer internet whatever trustno1 welcome1 welcome123
  administrator admin123 admin1234 administrator1 letmein1 changeme changeme1 abcd1234 abc12345 a1234567 aaaaaaaa
  йцукенгш йцукенгшщ йцукенгшщз йцукен12 йцукен123 пароль12 пароль123 парольпароль администратор qwertyйцукен
  nabatnabat nabat123 nabat1234 набатнабат набат123`.split(/\s+/),
)

/** Too many want something of passwords at once; after so many seconds there is room again. */
export class PasswordsBusy extends Error {
  readonly seconds = 5
}

/** What is wrong with a password somebody wants, undefined when nothing is. `names`: login and e-mail address. */
export function passwordProblem(
  password: string,
  names: readonly (string | null | undefined)[],
  path = '/password',
): Problem | undefined {
  const { least, most } = PASSWORD_LENGTH
  const { length } = Array.from(password.normalize('NFKC'))
  if (length < least)
    return problem(
      path,
      `Пароль короче ${least} символов: возьмите длиннее, например несколько слов`,
      `The password is shorter than ${least} characters: take a longer one, such as a few words`,
    )
  if (length > most)
    return problem(path, `Пароль длиннее ${most} символов`, `The password is longer than ${most} characters`)
  const folded = foldName(password)
  const own = names.flatMap((name) => (name ? [foldName(name), foldName(name.split('@')[0]!)] : []))
  if (own.includes(folded))
    return problem(
      path,
      'Пароль совпадает с логином или адресом почты: придумайте другой',
      'The password is the login or the e-mail address: think of another one',
    )
  if (COMMON.has(folded) || new Set(folded).size < 3)
    return problem(
      path,
      'Этот пароль угадают одним из первых: придумайте другой',
      'This password is among the first that are guessed: think of another one',
    )
  return undefined
}

const bare = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '')

/** Hashes passwords with argon2id and compares them; the event loop goes on meanwhile. */
export class Passwords {
  readonly #random: Random
  readonly #cost: Cost
  #running = 0
  readonly #waiting: (() => void)[] = []

  constructor(random: Random, cost: Cost = OWASP) {
    this.#random = random
    this.#cost = cost
  }

  /** As a PHC string. */
  async hash(password: string): Promise<string> {
    const salt = this.#random.bytes(SALT_BYTES)
    return `${this.#head()}${bare(salt)}$${bare(await this.#derive(password, salt, this.#cost, TAG_BYTES))}`
  }

  /** Whether it is the password of this hash; null: of an account that is not there, which takes as long. */
  async verify(password: string, hash: string | null): Promise<boolean> {
    const parts = PHC.exec(hash ?? this.#nobodys())
    if (parts === null) throw new Error('a stored password hash is none')
    const [, memory, passes, lanes, salt, tag] = parts
    const wanted = Buffer.from(tag!, 'base64')
    const cost = { memory: Number(memory), passes: Number(passes), lanes: Number(lanes) }
    const found = await this.#derive(password, Buffer.from(salt!, 'base64'), cost, wanted.length)
    return timingSafeEqual(found, wanted) && hash !== null
  }

  /** Whether a hash was made with other parameters than are asked for now. */
  isOutdated(hash: string): boolean {
    return !hash.startsWith(this.#head())
  }

  #head(): string {
    const { memory, passes, lanes } = this.#cost
    return `$argon2id$v=19$m=${memory},t=${passes},p=${lanes}$`
  }

  #nobodys(): string {
    return `${this.#head()}${bare(this.#random.bytes(SALT_BYTES))}$${bare(this.#random.bytes(TAG_BYTES))}`
  }

  async #derive(password: string, nonce: Buffer, cost: Cost, tagLength: number): Promise<Buffer> {
    await this.#turn()
    try {
      return await derive('argon2id', {
        // The same letters, however the keyboard composes them.
        message: password.normalize('NFKC'),
        nonce,
        parallelism: cost.lanes,
        memory: cost.memory,
        passes: cost.passes,
        tagLength,
      })
    } finally {
      this.#running -= 1
      this.#waiting.shift()?.()
    }
  }

  async #turn(): Promise<void> {
    if (this.#running >= AT_ONCE) {
      if (this.#waiting.length >= MOST_WAITING) throw new PasswordsBusy()
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
    this.#running += 1
  }
}
