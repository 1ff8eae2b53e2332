/** A page of the console, as its list of pages has it (web/src/pages.ts). */
interface Page {
  readonly path: string
}

/** Where a page is looked at. */
export interface Address {
  /** As the router knows it, with places for ids. */
  readonly path: string
  /** With an id that there is. */
  readonly address: string
  /** For everybody: nobody need have signed in. */
  readonly open: boolean
}

const PAGES = new URL('../../../web/src/pages.ts', import.meta.url).href
/** Pages in front of the sign-in. */
const OPEN = ['/sign-in', '/forgot', '/invitation/unknown']

/** Paths of every page behind the sign-in. Loaded at run time: the console is compiled by rules of its own. */
export async function consolePaths(): Promise<string[]> {
  const { PAGES: pages } = (await import(PAGES)) as { readonly PAGES: readonly Page[] }
  return pages.map(({ path }) => path)
}

/** Where each page is looked at; throws for a path with a place for an id that no example fills. */
export function addressesOf(paths: readonly string[], examples: Readonly<Record<string, string>>): Address[] {
  const missing = paths.filter((path) => path.includes(':') && examples[path] === undefined)
  if (missing.length > 0)
    throw new Error(`server/test/browser/furnished.ts has no example for ${missing.join(', ')}: add one to its list`)
  return [
    ...OPEN.map((path) => ({ path, address: path, open: true })),
    ...paths.map((path) => ({ path, address: examples[path] ?? path, open: false })),
  ]
}
