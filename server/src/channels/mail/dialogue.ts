import { connect as connectPlain, type Socket } from 'node:net'
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls'

/** An answer of the server; `text` is all of its lines, without the codes. */
export interface Reply {
  readonly code: number
  readonly text: string
}

/** No mail server says more in one answer. */
const MAX_ANSWER = 64 * 1024
/** Long enough for servers that make strangers wait before they greet. */
const SILENCE_MS = 15_000

/**
 * A conversation with a mail server, line by line, for the staged check: nodemailer connects, encrypts and logs in as
 * one step and cannot say which part of it failed. `signal` breaks the connection off.
 */
export class Dialogue implements Disposable {
  #socket: Socket
  #heard = ''
  #broken: Error | undefined
  #waiting: { resolve: (reply: Reply) => void; reject: (error: Error) => void } | undefined
  readonly #listen = (chunk: Buffer): void => this.#hear(chunk)

  private constructor(socket: Socket) {
    this.#socket = socket
    this.#attach(socket)
  }

  /** Connects; nothing is read yet. */
  static async connect(host: string, port: number, signal: AbortSignal): Promise<Dialogue> {
    signal.throwIfAborted()
    const socket = connectPlain({ host, port, signal })
    socket.setTimeout(SILENCE_MS, () => socket.destroy(silence()))
    await settled(socket, 'connect')
    return new Dialogue(socket)
  }

  /** Encrypts what has been plain so far. The certificate is not judged here: `authorizationError` of the socket is. */
  async encrypt(options: ConnectionOptions & { host: string }): Promise<TLSSocket> {
    // What came unencrypted must not be taken for what the encrypted server says (RFC 3207, 6).
    if (this.#heard !== '') throw new Error('the server spoke before encryption began')
    const plain = this.#socket
    plain.off('data', this.#listen)
    const secure = connectTls({ ...options, socket: plain, rejectUnauthorized: false })
    secure.setTimeout(SILENCE_MS, () => secure.destroy(silence()))
    await settled(secure, 'secureConnect')
    this.#socket = secure
    this.#attach(secure)
    return secure
  }

  /** Says a line, and gives the answer. */
  say(line: string): Promise<Reply> {
    if (/[\r\n]/.test(line)) throw new Error('one line at a time')
    if (this.#broken === undefined) this.#socket.write(`${line}\r\n`)
    return this.hear()
  }

  /** The next answer. */
  hear(): Promise<Reply> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
      this.#answer()
    })
  }

  [Symbol.dispose](): void {
    this.#socket.destroy()
  }

  #attach(socket: Socket): void {
    socket.on('data', this.#listen)
    socket.on('error', (error) => this.#break(error))
    socket.on('close', () => this.#break(new Error('the server closed the connection')))
  }

  #break(error: Error): void {
    this.#broken ??= error
    this.#answer()
  }

  #hear(chunk: Buffer): void {
    this.#heard += chunk.toString('utf8')
    if (this.#heard.length > MAX_ANSWER) this.#socket.destroy(new Error('the answer has no end'))
    this.#answer()
  }

  #answer(): void {
    const waiting = this.#waiting
    if (waiting === undefined) return
    const reply = /^(?:\d{3}-[^\n]*\n)*(\d{3})(?: [^\n]*)?\r?\n/.exec(this.#heard)
    if (reply?.[1] !== undefined) {
      this.#waiting = undefined
      this.#heard = this.#heard.slice(reply[0].length)
      const text = reply[0].replace(/^\d{3}[- ]?/gm, '').replaceAll('\r', '')
      waiting.resolve({ code: Number(reply[1]), text: text.trim() })
    } else if (this.#broken !== undefined) {
      this.#waiting = undefined
      waiting.reject(this.#broken)
    }
  }
}

const silence = (): Error => Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })

/** Waits for the event; an error or the end of the socket before it is thrown. */
function settled(socket: Socket, event: 'connect' | 'secureConnect'): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once(event, resolve)
    socket.once('error', reject)
    socket.once('close', () => reject(new Error('the server closed the connection')))
  })
}
