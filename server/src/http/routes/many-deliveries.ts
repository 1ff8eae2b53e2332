import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { problem } from '@nabat/api/text.ts'
import type { Clock } from '../../clock.ts'
import { foundDeliveries } from '../../history/found-deliveries.ts'
import { isId } from '../../ids.ts'
import { authorize } from '../auth.ts'
import { HttpError } from '../errors.ts'
import { answerWork, endOf, PROGRESS, type Working } from '../progress.ts'
import type { HttpParts } from '../server.ts'
import { expectIds } from './page.ts'

/** How many deliveries one request may name. */
const MOST_NAMED = 1_000
/** How many a filter may mean: the newest of them, and the answer says that there are more. */
const MOST_FOUND = 100_000
/** Changed in one transaction: what arrives meanwhile waits for no more than that. */
const SLICE = 200

/** What can be done with many at once; `states`: what it can be done with. */
export interface Act {
  readonly name: 'retry' | 'cancel'
  readonly states: readonly string[]
  /** Does it; answers with those that it worked with. */
  readonly act: (workspace: number, ids: readonly string[]) => Promise<readonly string[]>
}

interface Progress {
  /** From 0 to 1. */
  readonly progress: number
  readonly done: number
  readonly total: number
}

interface Result {
  /** Those it worked with, where they were named. */
  readonly ids?: readonly string[]
  /** How many it worked with. */
  readonly done: number
  /** How many were meant. */
  readonly total: number
  /** A filter meant more than one request may: repeat it for the rest. */
  readonly more: boolean
}

const text = (description: string) => Type.Optional(Type.String({ description }))
const time = Type.Optional(Type.String({ format: 'date-time' }))

const bodyOf = (states: readonly string[]) =>
  Type.Object(
    {
      ids: Type.Optional(Type.Array(Type.String(), { minItems: 1, maxItems: MOST_NAMED })),
      filter: Type.Optional(
        Type.Object(
          {
            state: Type.Enum([...states]),
            event: text('Id of an event'),
            digest: text('Id of a delivery: all of the same message'),
            channel: text('Name of the channel, a removed one too'),
            rule: text('Name of the rule, a removed one too'),
            recipient: text('Login'),
            reason: text('Code of the reason'),
            destination: text('Id of the destination'),
            from: time,
            to: time,
          },
          { additionalProperties: false, description: 'As the list of deliveries has it' },
        ),
      ),
    },
    { additionalProperties: false },
  )

interface Asked {
  readonly ids?: readonly string[]
  readonly filter?: Readonly<Record<string, string>>
}

/** Something done with many deliveries: with those that are named, or with all that a filter means. */
export function manyRoute(app: FastifyInstance, parts: HttpParts, { name, states, act }: Act): void {
  const { store, clock } = parts
  app.post(
    `/api/v1/deliveries/${name}`,
    {
      schema: {
        summary: `${name} many deliveries: {"ids": […]}, or {"filter": {"state": "${states[0]!}", …}}`,
        description: `With \`Accept: ${PROGRESS}\` lines of {"progress": 0.35, "done": 350, "total": 1000}, and {"result": …} or {"error": …} as the last. Closing the connection stops it.`,
        body: bodyOf(states),
      },
    },
    async (request, reply) => {
      const { view } = authorize(request, 'deliveries.write')
      const { ids, filter } = request.body as Asked
      if ((ids === undefined) === (filter === undefined))
        throw new HttpError('invalid', [
          problem('', 'Нужно либо ids, либо filter', 'Give either ids or filter, one of them'),
        ])
      if (filter !== undefined) expectIds(filter, ['event', 'digest'], '/filter')
      const signal = endOf(reply)
      const work = async function* (): Working<Progress, Result> {
        const meant: string[] = ids === undefined ? [] : ids.filter(isId).map((id) => id.toLowerCase())
        if (filter !== undefined)
          for await (const some of foundDeliveries(store, view, filter, clock.now())) {
            if (signal.aborted || meant.length > MOST_FOUND) break
            meant.push(...some)
            yield { progress: 0, done: 0, total: meant.length }
          }
        const all = meant.slice(0, MOST_FOUND)
        const done: string[] = []
        for (let at = 0; at < all.length && !signal.aborted; at += SLICE) {
          const began = clock.now()
          done.push(...(await act(view.id, all.slice(at, at + SLICE))))
          const looked = Math.min(all.length, at + SLICE)
          yield { progress: looked / all.length, done: looked, total: all.length }
          // As long again for everybody else.
          if (looked < all.length) await pause(clock, clock.now() - began)
        }
        const total = ids?.length ?? all.length
        return {
          ...(ids === undefined ? {} : { ids: done }),
          done: done.length,
          total,
          more: meant.length > MOST_FOUND,
        }
      }
      return await answerWork(work(), request, reply, parts)
    },
  )
}

const pause = (clock: Clock, ms: number): Promise<void> => new Promise((resolve) => clock.after(ms, resolve))
