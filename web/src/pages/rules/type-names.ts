/*
 * Which types the names of a rule mean. `camera.*` names every type that begins with `camera.`, `*` all but the system's
 * own; whoever wrote such a name keeps it as long as nothing under it is unticked.
 */

/** Whether one name means a type. */
export function isNamedBy(name: string, type: string): boolean {
  if (name === '*') return !type.startsWith('system.')
  return name === type || (name.endsWith('.*') && type.startsWith(name.slice(0, -1)))
}

/** The types that the names mean, in the order of the catalogue. */
export const typesNamed = (names: readonly string[], types: readonly string[]): string[] => {
  const exact = new Set(names)
  const wide = names.filter((name) => name === '*' || name.endsWith('.*'))
  return types.filter((type) => exact.has(type) || wide.some((name) => isNamedBy(name, type)))
}

/** The names after types were ticked: those that are meant already are not named twice. */
export function withTicked(names: readonly string[], types: readonly string[], ticked: readonly string[]): string[] {
  const meant = new Set(typesNamed(names, types))
  return [...names, ...ticked.filter((type) => !meant.has(type))]
}

/** The names after types were unticked: a name that means more gives way to what else it means. */
export function withoutTicked(
  names: readonly string[],
  types: readonly string[],
  unticked: readonly string[],
): string[] {
  const gone = new Set(unticked)
  const left: string[] = []
  for (const name of names) {
    const meant = types.filter((type) => isNamedBy(name, type))
    if (!meant.some((type) => gone.has(type)) && !gone.has(name)) left.push(name)
    else left.push(...meant.filter((type) => !gone.has(type)))
  }
  return [...new Set(left)]
}
