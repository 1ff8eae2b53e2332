import { mailAddress } from '../channels/mail/address.ts'

/**
 * A login or an e-mail address as it is compared: without regard to capitals and to how letters are composed, in any
 * alphabet. Databases fold ASCII at most, so it is done here, and stored.
 */
export function foldName(text: string): string {
  const plain = text.trim().normalize('NFKC')
  // By way of capitals, so that ß and ss, ς and σ are the same.
  const folded = (mailAddress(plain) ?? plain).toUpperCase().toLowerCase()
  return folded.normalize('NFKC')
}

/** Every name that finds an account. */
export const namesOf = (login: string, email: string | null): string[] => [
  ...new Set([login, ...(email === null ? [] : [email])].map(foldName)),
]
