import { problem, type Problem } from '@nabat/api/text.ts'

/** What a reader says is wrong with a file. */
export class UnreadableFile extends Error {
  readonly problem: Problem

  constructor(ru: string, en: string) {
    super(en)
    this.problem = problem('/file', ru, en)
  }
}
