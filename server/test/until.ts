const EVERY_MS = 10

/**
 * Waits until the condition answers with something true and gives that back; looks every 10 ms. When the time is over
 * the error says what was waited for, so that a failed test reads by itself.
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  timeoutMs = 5_000,
  what = 'the condition',
): Promise<Exclude<T, false | null | undefined | 0 | ''>> {
  const end = performance.now() + timeoutMs
  for (;;) {
    const value = await condition()
    if (value) return value as Exclude<T, false | null | undefined | 0 | ''>
    if (performance.now() > end) throw new Error(`waited ${timeoutMs} ms in vain for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS))
  }
}
