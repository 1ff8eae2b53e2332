/** Which part of a list is asked for. */
export interface Page {
  readonly limit: number
  /** Where the page before ended. */
  readonly after: string | undefined
}

/** What a list is narrowed to, by the names of the API. */
export type Query = Readonly<Record<string, string | undefined>>
