import type { Text } from '@nabat/api/text.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** A command of the command line. `run` answers with the exit code; what it throws is told to people as it is. */
export interface Command {
  readonly summary: Text
  /** What follows the name of the command, one line a form. */
  readonly usage: readonly string[]
  readonly run: (argv: readonly string[], env: Environment) => Promise<number>
}

/** The command line was wrong; the message says how. */
export class UsageError extends Error {}
