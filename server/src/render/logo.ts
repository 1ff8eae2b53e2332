/** Pictures that every mail program shows. */
const PICTURES: ReadonlySet<string> = new Set(['image/png', 'image/jpeg', 'image/gif'])

/** Bytes of a picture that goes with every letter. */
const LARGEST_LOGO = 512 * 1024

/** Whether a file can be the picture of a company. */
export const isLogo = ({ mediaType, size }: { readonly mediaType: string; readonly size: number }): boolean =>
  PICTURES.has(mediaType.toLowerCase()) && size <= LARGEST_LOGO
