/** Tables of the installation: there is no workspace that could lead their keys, or it is not what they are asked by. */
export const INSTALLATION: Readonly<Record<string, string>> = {
  workspaces: 'the list of workspaces',
  api_keys: 'a key is looked up before anybody knows whose it is',
  accounts: 'people sign in before it is known in which workspace',
  account_names: 'what is typed at sign-in means one account',
  members: 'in which workspaces an account is whom: asked by account, to show where somebody may go',
  sessions: 'a session is looked up before anybody knows whose it is',
  second_factors: 'of an account, which may work in several workspaces',
  links: 'a link is looked up before anybody knows whose it is',
  linking_codes: 'a code sent to a bot is looked up before anybody knows whose it is',
  bots: 'what a bot is sent Telegram hands out once, to whichever workspaces it is lent',
  chats: 'of a bot, which may be lent to several workspaces',
  marks: 'facts about the installation, such as the proof of its secret key',
  recent_sends: 'what bots have sent in the last minute: a bot and its budget may be lent to several workspaces',
  nodes: 'the processes that work on this database',
  leases: 'what the processes have shared out among themselves',
  migrations: 'which migrations were applied',
}

/** Folders whose statements are not read. */
export const LEFT_OUT: Readonly<Record<string, string>> = {
  'move/': 'copies whole tables of a system that is stopped, and makes its statements from the schema',
}

/** What a part of a statement may come to that only a call says. */
export const PARTS: Readonly<Record<string, readonly string[]>> = {
  ids: ['excluded.message_ids', 't.message_ids'],
  "STATES.indexOf('suppressed')": ['2'],
  // The partition of a month.
  'Math.floor(month / 12)': ['2026'],
  "String((month % 12) + 1).padStart(2, '0')": ['11'],
}

/** A statement that is asked across workspaces, by the file it stands in and how it begins, and why it may be. */
export interface AcrossWorkspaces {
  readonly file: string
  readonly begins: string
  readonly reason: string
}

const START = 'once, when a process starts: what it finds in the queue decides which workspaces have anything to do'
const DEAD = 'what a process that died had claimed waits again, whosever it is'
const WALK = 'upkeep: the queue in the order of its key, a slice at a time, for what has outlived its use'

export const ACROSS: readonly AcrossWorkspaces[] = [
  { file: 'commands/restore.ts', begins: 'select count(*) from queue', reason: 'tells how much waits in a copy' },
  { file: 'store/sqlite/queue.ts', begins: 'select q.workspace, q.destination, q.priority, q.due_at', reason: START },
  {
    file: 'store/postgres/recover.ts',
    begins: 'select q.workspace, q.destination, q.priority, q.due_at',
    reason: START,
  },
  { file: 'store/sqlite/sqlite-store.ts', begins: 'select s.at, s.workspace, s.destination', reason: START },
  { file: 'store/postgres/recover.ts', begins: 'select s.at, s.workspace, s.destination', reason: START },
  { file: 'store/sqlite/queue-statements.ts', begins: 'update queue set claimed_at = null, suspect = 1', reason: DEAD },
  { file: 'store/sqlite/queue-statements.ts', begins: 'update queue set behind = 1 - behind', reason: DEAD },
  { file: 'store/sqlite/queue-statements.ts', begins: 'update queue set behind = 0 where priority = 0', reason: DEAD },
  { file: 'store/sqlite/queue-statements.ts', begins: 'update queue set behind = 1 where behind = 0', reason: DEAD },
  { file: 'store/postgres/recover.ts', begins: 'with claimed as', reason: DEAD },
  { file: 'store/postgres/nodes.ts', begins: 'with claimed as', reason: DEAD },
  {
    file: 'store/postgres/lost-claims.ts',
    begins: 'with lost as',
    reason: 'what this process has claimed without being told, whosever it is',
  },
  { file: 'store/sqlite/queue-statements.ts', begins: 'select workspace, delivery, expires_at', reason: WALK },
  { file: 'store/postgres/claim-statements.ts', begins: 'select workspace, delivery, expires_at', reason: WALK },
  {
    file: 'store/postgres/partitions.ts',
    begins: 'select 1 from queue where event <',
    reason: 'once a month: whether anything still waits that began in the month that is dropped',
  },
  {
    file: 'store/postgres/partitions.ts',
    begins: 'with slice as',
    reason: 'once a month: the keys of the events of the month that is dropped, a slice at a time',
  },
]
