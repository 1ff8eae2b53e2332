/*
 * Codes that people send to a bot by hand: short, and of signs that nobody takes for another. Pure.
 */
import type { Random } from '../../clock.ts'

/** Thirty-two signs: each is five bits of chance. Without 0 and O, 1 and I. */
const SIGNS = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789'
const LENGTH = 8

/** Russian letters that look like Latin ones: a keyboard is easily left in the other layout. */
const ALIKE: Readonly<Record<string, string>> = {
  ...{ А: 'A', В: 'B', С: 'C', Е: 'E', Н: 'H', К: 'K', М: 'M', Р: 'P', Т: 'T', У: 'Y', Х: 'X' },
}
const CODE = new RegExp(`^[${SIGNS}]{${LENGTH}}$`)
/** `/start CODE`, as a link does it; in a group also `/start@the_bot CODE`. */
const START = /^\/start(?:@\w+)?\s+(\S.*)$/is

/** A new code. */
export const newCode = (random: Random): string =>
  [...random.bytes(LENGTH)].map((byte) => SIGNS[byte % SIGNS.length]).join('')

/** The code in what somebody wrote to a bot, null when there is none. */
export function codeIn(text: string): string | null {
  const said = START.exec(text.trim())?.[1] ?? text
  const plain = said
    .toUpperCase()
    .replaceAll(/[\s-]/g, '')
    .replaceAll(/[А-Я]/g, (sign) => ALIKE[sign] ?? sign)
  return CODE.test(plain) ? plain : null
}
