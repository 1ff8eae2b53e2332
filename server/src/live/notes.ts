import type { Topic } from '@nabat/api/live.ts'
import type { Note } from '../store/store.ts'

/** Whose inboxes have changed is said as long as it is no longer than this, bytes: a notice between nodes has room for 7,900. */
const MOST_NAMED = 4_000

const INBOX_OF = 'inbox:'

/** The note that somebody's inbox has changed. */
export const inboxOf = (login: string): Note => `${INBOX_OF}${login}`

/** The same, short enough for other nodes: where many inboxes have changed, anybody's may have. */
export function briefly(notes: readonly Note[]): readonly Note[] {
  if (Buffer.byteLength(JSON.stringify(notes)) <= MOST_NAMED) return notes
  return [...notes.filter((note) => !note.startsWith(INBOX_OF)), 'inbox']
}

/** Who hears: what they may look at, and whose inbox alone is theirs; null for a key, which has none and hears of all. */
export interface Hearer {
  readonly topics: ReadonlySet<Topic>
  readonly login: string | null
}

/** What somebody is told of: nobody learns that another's inbox has changed. */
export function heardBy({ topics, login }: Hearer, notes: readonly Note[]): readonly Topic[] {
  const heard = new Set<Topic>()
  for (const note of notes) {
    const isNamed = note.startsWith(INBOX_OF)
    if (isNamed && login !== null && note.slice(INBOX_OF.length) !== login) continue
    const topic = isNamed ? 'inbox' : (note as Topic)
    if (topics.has(topic)) heard.add(topic)
  }
  return [...heard]
}
