/** The languages Nabat speaks; Russian is the first and the one for people without a language of their own. */
export const LANGUAGES = ['ru', 'en'] as const
export type Language = (typeof LANGUAGES)[number]

/** Words for people, in every language Nabat speaks. */
export interface Text {
  readonly ru: string
  readonly en: string
}

/**
 * One mistake in something that was handed in. `path` is a JSON pointer into it (`/rules/0/to/1/chat`, empty for the
 * whole), `line` the line of the YAML file where there is one. The message names the field and the way out.
 */
export interface Problem {
  readonly path: string
  readonly message: Text
  readonly line?: number
}

/** A mistake at a path, told in both languages. */
export const problem = (path: string, ru: string, en: string): Problem => ({ path, message: { ru, en } })
