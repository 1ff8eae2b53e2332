/**
 * A text as PostgreSQL keeps it: it cannot hold the character 0, nor half of a pair of surrogates. What is compared here
 * with what was stored has to go through this first.
 */
export const storable = (text: string): string =>
  text.includes('\0') || !text.isWellFormed() ? text.toWellFormed().replaceAll('\0', '\uFFFD') : text
