import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { Language } from '@nabat/api/text.ts'
import { downOf } from '../../history/channels-down.ts'
import { destinationKey, disabledSince } from '../../history/disabled.ts'
import {
  reachOf,
  rulesReachingNobody,
  type ContactReach,
  type IsDown,
  type PersonReach,
} from '../../people/reachability.ts'
import { fits } from '../../people/directory.ts'
import { Unreachable } from '../../people/unreachable.ts'
import type { WorkspaceView } from '../../configuration/view.ts'
import type { Page } from '../../history/page.ts'
import { languageOf } from '../errors.ts'
import { authorize } from '../auth.ts'
import type { HttpParts } from '../server.ts'
import { Cursor, pageOf } from './page.ts'

/** People looked at between two looks at everything else this process has to do. */
const AT_ONCE = 1_000

/** Who can be told anything at all, and which rules tell nobody. */
export function reachabilityRoutes(app: FastifyInstance, { store, pipeline }: HttpParts): void {
  const reach = new Unreachable((channel) => pipeline.claim.lanes.isDown(channel))
  app.get(
    '/api/v1/reachability',
    {
      schema: {
        summary: 'Which contacts of each person work and why not, and the rules that tell nobody',
        querystring: Type.Object({
          unreachable: Type.Optional(Type.Enum(['true'], { description: 'Only people none of whose contacts works' })),
          faulty: Type.Optional(Type.Enum(['true'], { description: 'Only people with a contact that does not work' })),
          reason: Type.Optional(
            Type.String({ maxLength: 64, description: 'Only people with this reason, or a contact with it' }),
          ),
          left: Type.Optional(Type.Enum(['false'], { description: 'false: without those who have left' })),
          login: Type.Optional(Type.String({ maxLength: 200, description: 'Only this person' })),
          q: Type.Optional(
            Type.String({ maxLength: 200, description: 'In the name, login, phone, e-mail, extension' }),
          ),
          ...Cursor,
        }),
      },
    },
    async (request) => {
      const { view } = authorize(request, 'reachability.read')
      const query = request.query as Record<string, string>
      const language = languageOf(request)
      const page = pageOf(query, 'login')
      const isDown: IsDown = (channel) => pipeline.claim.lanes.isDown(channel)
      const found = await peopleOf(view, page, query, isDown)
      const people = found.slice(0, page.limit)
      const disabled = people.flatMap(({ contacts }) => contacts.flatMap((contact) => contact.disabled ?? []))
      const down = people.flatMap(({ contacts }) =>
        contacts.flatMap(({ channel, fault }) => (fault?.reason === 'channel_down' ? [channel!] : [])),
      )
      const [disabledAt, downAt, summary] = await Promise.all([
        disabledSince(store, view.id, disabled),
        downOf(store, view.id, [...new Set(down)], language),
        reach.summary(view),
      ])
      const since: Since = ({ channel, disabled: key, fault }) => {
        const out = key === null ? undefined : disabledAt.get(destinationKey(key))
        if (out !== undefined) return { since: out.since, disabledId: out.id }
        return {
          since: fault?.reason === 'channel_down' ? (downAt.get(channel!)?.since ?? null) : null,
          disabledId: null,
        }
      }
      return {
        summary,
        people: {
          items: people.map((person) => shown(person, since, language)),
          next: found.length > page.limit ? (people.at(-1)?.login ?? null) : null,
        },
        rules: rulesReachingNobody(view).map(({ id, name, reason, says }) => ({
          id: String(id),
          name,
          reason,
          says: says[language],
        })),
      }
    },
  )
}

/** Since when a contact does not work, null where that is not known, and which destination to enable again. */
type Since = (contact: ContactReach) => { readonly since: string | null; readonly disabledId: string | null }

/** People by login, one more than the page holds. */
async function peopleOf(
  view: WorkspaceView,
  page: Page,
  query: Readonly<Record<string, string | undefined>>,
  isDown: IsDown,
): Promise<PersonReach[]> {
  const { after } = page
  const { unreachable, faulty, left, reason, login: only, q = '' } = query
  const all = only === undefined ? view.people.keys() : [only]
  const logins = [...all].filter((login) => after === undefined || login > after).sort()
  const found: PersonReach[] = []
  for (const [index, login] of logins.entries()) {
    if (found.length > page.limit) break
    if (index % AT_ONCE === AT_ONCE - 1) await new Promise((resolve) => setImmediate(resolve))
    const person = view.people.get(login)
    if (person === undefined || (q !== '' && !fits(person, q))) continue
    if (left === 'false' && person.enabled === false) continue
    const reach = reachOf(person, view, isDown)
    if (unreachable === 'true' && reach.fault === null) continue
    const faults = [reach, ...reach.contacts].flatMap(({ fault }) => fault?.reason ?? [])
    if (faulty === 'true' && faults.length === 0) continue
    if (reason !== undefined && !faults.includes(reason)) continue
    found.push(reach)
  }
  return found
}

function shown({ login, name, fault, contacts }: PersonReach, since: Since, language: Language) {
  return {
    login,
    name,
    reachable: fault === null,
    reason: fault?.reason ?? null,
    says: fault?.says[language] ?? null,
    contacts: contacts.map((contact) => ({
      channel: contact.channel,
      destination: contact.destination,
      works: contact.fault === null,
      reason: contact.fault?.reason ?? null,
      says: contact.fault?.says[language] ?? null,
      ...since(contact),
    })),
  }
}
