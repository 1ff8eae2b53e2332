import type { Contact } from '@nabat/api/configuration.ts'
import type { Recipient } from '@nabat/api/rule.ts'
import { problem, type Problem, type Text } from '@nabat/api/text.ts'
import type { Address } from '../pipeline/outcome.ts'

/**
 * The address on a channel that leads to people alone: their login. `where` completes "…; leave chat out", `whose` completes
 * "user: say …".
 */
export const personalAddress =
  ({ where, whose }: { readonly where: Text; readonly whose: Text }) =>
  (to: Recipient | Contact, _settings: unknown, person?: string): Address | Problem => {
    for (const field of ['chat', 'address', 'topic'] as const)
      if (to[field] !== undefined)
        return problem(
          `/${field}`,
          `${field}: ${where.ru}; уберите ${field}`,
          `${field}: ${where.en}; leave ${field} out`,
        )
    const user = person ?? ('user' in to ? to.user : undefined)
    if (user === undefined)
      return problem(
        '/user',
        `user: укажите, ${whose.ru}: user, role, group или relation`,
        `user: say ${whose.en}: user, role, group or relation`,
      )
    return { user }
  }
