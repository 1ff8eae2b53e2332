import type { Text } from '@nabat/api/text.ts'

/** A reason not to start, told to people in the language of their terminal; the log of the process is in English. */
export class StartRefused extends Error {
  readonly text: Text

  constructor(ru: string, en: string) {
    super(en)
    this.text = { ru, en }
  }
}
