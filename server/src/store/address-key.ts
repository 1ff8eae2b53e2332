import type { Address } from '../pipeline/outcome.ts'

/** Canonical JSON of an address, fields in order: the key by which both sides of the port know a destination. */
export function addressKey(address: Address): string {
  const names = Object.keys(address)
  if (names.length <= 1) return JSON.stringify(address)
  return JSON.stringify(Object.fromEntries(names.sort().map((name) => [name, address[name]])))
}
