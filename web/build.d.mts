/** Builds the console into web/dist when its sources have changed since, or `anew`; says whether it did. */
export function buildConsole(options?: {
  readonly anew?: boolean
  readonly log?: 'info' | 'warn' | 'error'
}): Promise<boolean>
