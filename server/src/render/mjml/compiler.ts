/*
 * Letters that are MJML documents become HTML here, once for each that is written, in a process that is started when the
 * first of them is met, kept while there is work and ended when there was none for a while. Whatever goes wrong with that
 * process is told as `failed`, never thrown: mail is sent without it.
 */
import { fork, type ChildProcess } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Clock } from '../../clock.ts'
import type { Log } from '../../log.ts'
import type { Mistake } from '../mistakes.ts'
import { LONGEST_HTML, noIncludes, protect, restore } from './protect.ts'

/** What came of a document. */
export type Compiled =
  | { readonly html: string }
  /** It cannot be compiled as it is written. */
  | { readonly mistakes: readonly Mistake[] }
  /** Nothing is known of the document: the process did not answer. */
  | { readonly failed: string }

/** What the compiler uses of the outside, and its deadlines in milliseconds. */
export interface CompilerParts {
  readonly clock: Clock
  readonly log: Log
  /** One compilation. */
  readonly deadlineMs?: number
  /** Loading MJML. */
  readonly startMs?: number
  /** Without work for so long, the process ends. */
  readonly idleMs?: number
  /** What runs in the process; tests hand in others. */
  readonly child?: string
}

/** Characters of all that is remembered, sources and results. */
const REMEMBERED = 40_000_000
/** A document whose turn has not come by then is not compiled: what others have written must not keep mail waiting. */
const TURN_MS = 20_000
/** A document during which the process died is not tried again for so long. */
const AFTER_FAILURE_MS = 60_000

const CHILD = fileURLToPath(new URL('./child.mjs', import.meta.url))
/** What the process may read: itself, and the modules of MJML. */
const MODULES = /^.*[\\/]node_modules(?=[\\/])/.exec(createRequire(import.meta.url).resolve('mjml'))![0]

interface Answer {
  readonly ready?: true
  readonly id?: number
  readonly html?: string | null
  readonly mistakes?: readonly { readonly line: number; readonly message: string; readonly tag: string }[]
}

/** A process that is there, and what waits for its next answer. */
interface Running {
  readonly process: ChildProcess
  readonly ready: Promise<boolean>
  answer: (answer: Answer | null) => void
}

/** Compiles MJML documents, one after the other. */
export class MjmlCompiler {
  readonly #parts: Required<CompilerParts>
  readonly #known = new Map<string, Promise<Compiled>>()
  #size = 0
  #running: Running | null = null
  #last: Promise<unknown> = Promise.resolve()
  #endIdle: () => void = () => {}
  #jobs = 0

  constructor(parts: CompilerParts) {
    this.#parts = { deadlineMs: 5_000, startMs: 10_000, idleMs: 300_000, child: CHILD, ...parts }
  }

  /** Whether the process is there just now. */
  get isRunning(): boolean {
    return this.#running !== null
  }

  /** The HTML of a document, Liquid in it where it was. Never rejects. */
  compile(letter: string): Promise<Compiled> {
    const known = this.#known.get(letter)
    if (known !== undefined) return known
    const included = noIncludes(letter)
    if (included.length > 0) return Promise.resolve({ mistakes: included })
    const askedAt = this.#parts.clock.now()
    const compiled = this.#last.then(() => this.#inTurn(letter, askedAt))
    this.#last = compiled
    this.#known.set(letter, compiled)
    void compiled.then((result) => this.#remember(letter, result))
    return compiled
  }

  /** What failed is forgotten after a while, what was compiled when there is too much of it. */
  #remember(letter: string, result: Compiled): void {
    if ('failed' in result) {
      this.#parts.clock.after(AFTER_FAILURE_MS, () => this.#known.delete(letter))
      return
    }
    this.#size += letter.length + ('html' in result ? result.html.length : 0)
    if (this.#size < REMEMBERED) return
    this.#known.clear()
    this.#size = 0
  }

  async #inTurn(letter: string, askedAt: number): Promise<Compiled> {
    if (this.#parts.clock.now() - askedAt <= TURN_MS) return this.#compile(letter)
    this.#parts.log.warn({}, 'a letter of MJML is sent as a plain one: too many others were before it')
    return { failed: 'its turn did not come' }
  }

  async #compile(letter: string): Promise<Compiled> {
    const { clock, log, startMs, deadlineMs } = this.#parts
    this.#endIdle()
    const beganAt = clock.now()
    const running = (this.#running ??= this.#start())
    const isReady = await within(running.ready, startMs, clock)
    if (isReady !== true) return this.#failed('MJML did not start')
    const given = protect(letter)
    const id = (this.#jobs += 1)
    const answer = await within(
      new Promise<Answer | null>((resolve) => {
        running.answer = resolve
        running.process.send(
          { id, source: given.source, longest: LONGEST_HTML },
          (error) => error !== null && resolve(null),
        )
      }),
      deadlineMs,
      clock,
    )
    if (answer === null || answer === undefined)
      return this.#failed(answer === null ? 'MJML died' : `MJML took longer than ${deadlineMs} ms`)
    this.#endIdle = clock.after(this.#parts.idleMs, () => this.#end())
    log.debug({ took: clock.now() - beganAt }, 'compiled a letter')
    return compiledOf(letter, given, answer)
  }

  #start(): Running {
    const child = fork(this.#parts.child, [], {
      execArgv: [
        '--permission',
        `--allow-fs-read=${dirname(this.#parts.child)}`,
        `--allow-fs-read=${MODULES}`,
        '--max-old-space-size=256',
      ],
      env: {},
      cwd: dirname(this.#parts.child),
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    // What is under way keeps the server alive by its own timers; the process does not.
    child.unref()
    child.channel?.unref()
    const ready = Promise.withResolvers<boolean>()
    const running: Running = { process: child, ready: ready.promise, answer: () => {} }
    child.on('message', (message: Answer) => (message.ready === true ? ready.resolve(true) : running.answer(message)))
    const gone = (): void => {
      if (this.#running === running) this.#running = null
      ready.resolve(false)
      running.answer(null)
    }
    child.on('error', gone)
    child.on('exit', gone)
    return running
  }

  #failed(why: string): Compiled {
    this.#parts.log.error({ error: why }, 'a letter of MJML is sent as a plain one')
    this.#end()
    return { failed: why }
  }

  #end(): void {
    const running = this.#running
    this.#running = null
    running?.process.kill('SIGKILL')
  }

  /** Ends the process. */
  close(): void {
    this.#endIdle()
    this.#end()
  }
}

/** What a promise gives, undefined when it takes longer than so many milliseconds. */
async function within<Value>(promise: Promise<Value>, ms: number, clock: Clock): Promise<Value | undefined> {
  const late = Promise.withResolvers<undefined>()
  const endDeadline = clock.after(ms, () => late.resolve(undefined))
  try {
    return await Promise.race([promise, late.promise])
  } finally {
    endDeadline()
  }
}

function compiledOf(letter: string, given: ReturnType<typeof protect>, answer: Answer): Compiled {
  if (answer.html === null || answer.html === undefined)
    return { mistakes: (answer.mistakes ?? []).map((each) => mistakeOf(letter, each)) }
  const { html, lost } = restore(answer.html, given, letter)
  // What MJML only doubts (a colour that is Liquid) it has written all the same; an element it does not know it has dropped.
  const dropped = (answer.mistakes ?? []).filter(({ message }) =>
    /doesn't exist|not registered|cannot be used/i.test(message),
  )
  const mistakes = [...dropped.map((each) => mistakeOf(letter, each)), ...lost]
  return mistakes.length > 0 ? { mistakes } : { html }
}

function mistakeOf(letter: string, { line, message, tag }: NonNullable<Answer['mistakes']>[number]): Mistake {
  const said = message.trim()
  const text = letter.split('\n')[line - 1] ?? ''
  return {
    ...{ part: 'letter', level: 'error', line, column: Math.max(0, text.indexOf(`<${tag}`)) + 1 },
    message: /doesn't exist|not registered/.test(said)
      ? { ru: `В MJML нет тега «${tag}»`, en: `MJML has no tag "${tag}"` }
      : { ru: `MJML: ${said}`, en: `MJML: ${said}` },
  }
}
