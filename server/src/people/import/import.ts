/*
 * An import of people: read, understood, checked as ordinary saves are, and written in one transaction, or shown.
 */
import type { ImportReport } from '@nabat/api/people-import.ts'
import type { User } from '@nabat/api/configuration.ts'
import type { Language, Problem, Text } from '@nabat/api/text.ts'
import type { Configuration } from '../../configuration/configuration.ts'
import { sameJson, type Edit } from '../../configuration/plan.ts'
import type { WorkspaceView } from '../../configuration/view.ts'
import { columnsOf } from './columns.ts'
import { fieldsThatChange } from './field-changes.ts'
import { groupWith, peopleOf, type Person } from './people.ts'
import type { Table } from './table.ts'

/** How an import is asked for. */
export interface ImportWish {
  /** Only shows what would happen. */
  readonly preview: boolean
  /** Writes what is right although other rows are not. */
  readonly skipWrong: boolean
  readonly by: string
  /** Stands with the changes. */
  readonly comment: string
}

type Action = ImportReport['rows'][number]['action']

/** A person with what an import does to them. */
type Decided = Person & { readonly action: Action }

/** Reads what a table says of people and, unless it is a preview or something is wrong, writes it. */
export async function importPeople(
  table: Table,
  view: WorkspaceView,
  configuration: Configuration,
  wish: ImportWish,
  language: Language,
  told: (done: number) => void = () => {},
): Promise<ImportReport> {
  const columns = columnsOf(table.headers)
  const people = peopleOf(columns, table.rows, view)
  told(0.3)
  let decided = people.map(decide)
  let groups: Edit[] = []
  // First everything, so that a row says all that is wrong with it; then what is right, until it holds by itself: it may
  // rely on what a wrong row would have made.
  let looked = decided.filter(({ user, isRepeated }) => user !== null && !isRepeated)
  for (let again = true; again;) {
    const usable = looked.filter(({ action }) => action !== 'error')
    groups = groupEdits(usable, view)
    const checked = await configuration.check(view, [...personEdits(looked, people), ...groups])
    const found = 'problems' in checked && spread(checked.problems, people, looked, groups)
    again = found || usable.length < looked.length
    decided = people.map(decide)
    looked = decided.filter(({ action }) => action !== 'error')
  }
  told(0.7)
  const failed = decided.filter(({ action }) => action === 'error').length
  const writes = !wish.preview && (failed === 0 || wish.skipWrong)
  if (writes) {
    const usable = decided.filter(({ action }) => action !== 'error')
    const saved = await configuration.save(view, [...personEdits(usable, people), ...groups], wish.by, wish.comment)
    // Somebody saved in between: what was right is not any more.
    if ('problems' in saved) throw new ImportOvertaken(saved.problems)
  }
  const count = (wanted: Action): number => decided.filter(({ action }) => action === wanted).length
  return {
    columns,
    rows: decided.map((person) => ({
      ...{ line: person.line, action: person.action },
      ...{ login: person.user?.login ?? null, name: person.user?.name ?? null },
      problems: person.problems.map((each) => each[language]),
      fields: person.action === 'error' ? [] : fieldsThatChange(person, view),
    })),
    groups: groups.filter(({ id }) => id === null).map(({ entity }) => String(entity!['name'])),
    ...{ created: count('create'), changed: count('change'), same: count('same'), failed, written: writes },
  }
}

/** The configuration has changed while an import was looked at. */
export class ImportOvertaken extends Error {
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[]) {
    super('the configuration has changed meanwhile')
    this.problems = problems
  }
}

function decide(person: Person): Decided {
  if (person.problems.length > 0 || person.user === null) return { ...person, action: 'error' }
  if (person.row === undefined) return { ...person, action: 'create' }
  const same = sameJson(JSON.parse(person.row.body), person.user)
  return { ...person, action: same ? 'same' : 'change' }
}

/** Paths lead back to the rows: their places in the file's people. */
const personEdits = (usable: readonly Decided[], people: readonly Person[]): Edit[] => {
  const places = new Map(people.map(({ line }, index) => [line, index]))
  return usable.flatMap(({ line, row, user, action }) =>
    action === 'same'
      ? []
      : [
          {
            section: 'users',
            id: row?.id ?? null,
            entity: user as User & Record<string, unknown>,
            path: `/rows/${places.get(line)}`,
            origin: 'api',
          },
        ],
  )
}

/** The groups that rows name, with their people; those that are not there are made. */
function groupEdits(usable: readonly Decided[], view: WorkspaceView): Edit[] {
  const members = new Map<string, string[]>()
  for (const { groups, user } of usable)
    for (const name of groups) {
      const logins = members.get(name)
      if (logins === undefined) members.set(name, [user!.login])
      else logins.push(user!.login)
    }
  return [...members].flatMap(([name, logins]): Edit[] => {
    const group = groupWith(name, logins, view)
    const row = view.rowByKey('groups', name)
    if (group === null) return []
    const entity = group as unknown as Record<string, unknown>
    return [{ section: 'groups', id: row?.id ?? null, entity, path: `/groups/${name}`, origin: 'api' }]
  })
}

/** Puts what a check says to the rows it is about; whether any row is wrong that was not. */
function spread(
  problems: readonly Problem[],
  people: readonly Person[],
  usable: readonly Decided[],
  groups: readonly Edit[],
): boolean {
  const lines = new Set(usable.map(({ line }) => line))
  let found = false
  const say = (person: Person, text: Text): void => {
    if (!lines.has(person.line)) return
    person.problems.push(text)
    found = true
  }
  for (const { path, message } of problems) {
    const row = /^\/rows\/(\d+)(?:\/(.*))?$/.exec(path)
    if (row !== null) {
      say(people[Number(row[1])]!, named(row[2] ?? '', message))
      continue
    }
    const group = groups.find((edit) => path === edit.path || path.startsWith(`${edit.path}/`))
    const name = group === undefined ? undefined : String(group.entity!['name'])
    for (const person of usable)
      if (name === undefined || person.groups.includes(name)) say(person, named(`groups ${name ?? ''}`, message))
  }
  return found
}

/** What the fields are called in tables. */
const COLUMNS: Readonly<Record<string, string>> = {
  login: 'логин',
  name: 'ФИО',
  phone: 'телефон',
  email: 'e-mail',
  extension: 'внутренний номер',
  head: 'руководитель',
  timeZone: 'часовой пояс',
  contacts: 'Telegram',
}

/** A problem with the field it is about before it, where it does not begin with it. */
const named = (field: string, { ru, en }: Text): Text => {
  const plain = field.split('/')[0]!.trim()
  if (plain === '' || en.startsWith(plain)) return { ru, en }
  return { ru: `${COLUMNS[plain] ?? plain}: ${ru}`, en: `${plain}: ${en}` }
}
