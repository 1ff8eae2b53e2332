import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { Language } from '@nabat/api/text.ts'
import { destinationKey, disabledSince, downSince } from '../../history/disabled.ts'
import {
  reachOf,
  rulesReachingNobody,
  type ContactReach,
  type IsDown,
  type PersonReach,
} from '../../people/reachability.ts'
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
  app.get(
    '/api/v1/reachability',
    {
      schema: {
        summary: 'Which contacts of each person work and why not, and the rules that tell nobody',
        querystring: Type.Object({
          unreachable: Type.Optional(Type.Enum(['true'], { description: 'Only people none of whose contacts works' })),
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
      const found = await peopleOf(view, page, query['unreachable'] === 'true', isDown)
      const people = found.slice(0, page.limit)
      const disabled = people.flatMap(({ contacts }) => contacts.flatMap((contact) => contact.disabled ?? []))
      const down = people.flatMap(({ contacts }) =>
        contacts.flatMap(({ channel, fault }) => (fault?.reason === 'channel_down' ? [channel!] : [])),
      )
      const [disabledAt, downAt] = await Promise.all([
        disabledSince(store, view.id, disabled),
        downSince(store, view.id, [...new Set(down)]),
      ])
      const since: Since = ({ channel, disabled: key, fault }) => {
        if (key !== null) return disabledAt.get(destinationKey(key)) ?? null
        return fault?.reason === 'channel_down' ? (downAt.get(channel!) ?? null) : null
      }
      return {
        people: {
          items: people.map((person) => shown(person, since, language)),
          next: found.length > page.limit ? (people.at(-1)?.login ?? null) : null,
        },
        rules: rulesReachingNobody(view).map(({ name, reason, says }) => ({ name, reason, says: says[language] })),
      }
    },
  )
}

/** Since when a contact does not work, null where that is not known. */
type Since = (contact: ContactReach) => string | null

/** People by login, one more than the page holds. */
async function peopleOf(view: WorkspaceView, page: Page, unreachable: boolean, isDown: IsDown): Promise<PersonReach[]> {
  const { after } = page
  const logins = [...view.people.keys()].filter((login) => after === undefined || login > after).sort()
  const found: PersonReach[] = []
  for (const [index, login] of logins.entries()) {
    if (found.length > page.limit) break
    if (index % AT_ONCE === AT_ONCE - 1) await new Promise((resolve) => setImmediate(resolve))
    const person = view.people.get(login)
    if (person === undefined) continue
    const reach = reachOf(person, view, isDown)
    if (!unreachable || reach.fault !== null) found.push(reach)
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
      since: since(contact),
    })),
  }
}
