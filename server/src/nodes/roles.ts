import type { Text } from '@nabat/api/text.ts'

/**
 * What a node can be there for. http: API and console; deliver: sending what waits; watch: polling equipment; bots:
 * taking what people write to bots, which the node does that sends for the bot: it goes with deliver. Nothing is watched yet.
 */
export const ROLES = ['http', 'deliver', 'watch', 'bots'] as const
export type Role = (typeof ROLES)[number]

/** The roles of `--roles=http,deliver`; all of them when it is not given. */
export function readRoles(given: string | undefined): readonly Role[] | { readonly mistake: Text } {
  if (given === undefined) return ROLES
  const names = given.split(',').map((name) => name.trim())
  const unknown = names.filter((name) => !ROLES.includes(name as Role))
  if (names.length > 0 && unknown.length === 0) return names as Role[]
  return {
    mistake: {
      ru: `--roles: нет роли «${unknown.join(', ')}»; есть: ${ROLES.join(', ')}`,
      en: `--roles: there is no role "${unknown.join(', ')}"; there are: ${ROLES.join(', ')}`,
    },
  }
}
