import type { ChannelSettings } from '@nabat/api/channel.ts'
import type { Section } from '@nabat/api/configuration.ts'
import type { DryRunReport, DryRunRequest } from '@nabat/api/dry-run.ts'
import type { Recipient, Rule } from '@nabat/api/rule.ts'
import type { ChannelState, ChannelTest, Entity, Page } from './answers.ts'
import type { Parts, Query } from './call.ts'

/** One request; answers with the parsed body. */
export type Send = <T>(method: string, path: string, parts?: Parts) => Promise<T>

/** A part of a path. */
export const at = (part: string): string => encodeURIComponent(part)

/** A list of the server: iterate over it to follow its pages, or take them one by one. */
export class List<T> implements AsyncIterable<T> {
  readonly #send: Send
  readonly #path: string
  readonly #query: Query

  constructor(send: Send, path: string, query: Query = {}) {
    this.#send = send
    this.#path = path
    this.#query = query
  }

  page(cursor?: string): Promise<Page<T>> {
    return this.#send('GET', this.#path, { query: { ...this.#query, ...(cursor === undefined ? {} : { cursor }) } })
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, void> {
    let cursor: string | undefined
    do {
      const { items, next } = await this.page(cursor)
      yield* items
      cursor = next ?? undefined
    } while (cursor !== undefined)
  }

  async all(): Promise<T[]> {
    const items: T[] = []
    for await (const item of this) items.push(item)
    return items
  }
}

/** Rows of a page; by default 50, at most 500. */
export interface Limit {
  readonly limit?: number
}

/** One section of the configuration; entities are named by id, or by their name or login. */
export class Entities<Settings, Shown = Entity<Settings>> {
  protected readonly send: Send
  protected readonly path: string

  constructor(send: Send, section: Section) {
    this.send = send
    this.path = `/${section}`
  }

  list(query: Limit = {}): List<Shown> {
    return new List(this.send, this.path, { ...query })
  }
  get(idOrName: string): Promise<Shown> {
    return this.send('GET', `${this.path}/${at(idOrName)}`)
  }
  create(entity: Settings): Promise<Shown> {
    return this.send('POST', this.path, { body: entity })
  }
  /** Replaces the entity as a whole; what `get` answered may be sent back. */
  update(idOrName: string, entity: Settings): Promise<Shown> {
    return this.send('PUT', `${this.path}/${at(idOrName)}`, { body: entity })
  }
  async remove(idOrName: string): Promise<void> {
    await this.send('DELETE', `${this.path}/${at(idOrName)}`)
  }
}

/** Channels can be checked besides. */
export class Channels extends Entities<ChannelSettings, Entity<ChannelSettings> & ChannelState> {
  /**
   * Checks a channel stage by stage. It sends a test message when it is told where to, or with `post` to the one receiver a
   * webhook has; otherwise nothing is sent. May take a minute.
   */
  test(idOrName: string, to?: Recipient, { post = false } = {}): Promise<ChannelTest> {
    return this.send('POST', `${this.path}/${at(idOrName)}/test`, {
      ...(to === undefined ? {} : { body: to }),
      ...(post ? { query: { post } } : {}),
    })
  }
}

/** Rules can be tried before they are saved. */
export class Rules extends Entities<Rule> {
  /** What would have left through the rule, beside the others, of the stored events, by default those of the last seven days. */
  dryRun(rule: Rule, span: Omit<DryRunRequest, 'rule'> = {}): Promise<DryRunReport> {
    return this.send('POST', `${this.path}/dry-run`, { body: { rule, ...span } })
  }
}
