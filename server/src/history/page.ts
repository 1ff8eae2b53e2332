/** Which part of a list is asked for. */
export interface Page {
  readonly limit: number
  /** Where the page before ended. */
  readonly after: string | undefined
}
