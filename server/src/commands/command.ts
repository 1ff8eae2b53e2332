/** A command of the command line. `run` answers with the exit code; what it throws is told to people as it is. */
export interface Command {
  readonly summary: string
  readonly usage: string
  readonly run: (argv: readonly string[], env: Readonly<Record<string, string | undefined>>) => Promise<number>
}

/** The command line was wrong; the message says how it should be. */
export class UsageError extends Error {}
