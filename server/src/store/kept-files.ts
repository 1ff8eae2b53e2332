import { isId } from '../ids.ts'

/** No file has this id. */
const NONE = '00000000-0000-0000-0000-000000000000'

/** The file that the settings of a workspace name, which no age removes: the picture on its letters. */
export function keptFile(settings: string | undefined): string {
  const { letter } = JSON.parse(settings ?? '{}') as { letter?: { logo?: string } }
  const logo = letter?.logo
  return logo !== undefined && isId(logo) ? logo : NONE
}
