/** What a column of a file may be taken for. */
export const FIELDS = [
  'login',
  'name',
  'lastName',
  'firstName',
  'middleName',
  'phone',
  'email',
  'extension',
  'head',
  'roles',
  'groups',
  'language',
  'timeZone',
  'telegram',
  'mattermost',
] as const
export type Field = (typeof FIELDS)[number]

/** Headers by meaning; the first that fits wins, so the narrower stand before the wider. */
const MEANINGS: readonly (readonly [Field, RegExp])[] = [
  ['extension', /внутр|добав|^доб$|^ext/],
  ['head', /руковод|начальник|^head|manager|supervisor/],
  ['telegram', /telegram|телеграм|chat ?id|^тг|^tg/],
  ['mattermost', /mattermost|маттермост/],
  ['email', /e ?mail|почт|^mail/],
  ['timeZone', /час\S* пояс|time ?zone|^зона|^tz$|таймзон/],
  ['login', /логин|login|user ?name|имя пользователя|учетн/],
  ['phone', /тел|моб|сотов|phone|mobile|cell/],
  ['language', /язык|^lang/],
  ['groups', /групп|отдел|подраздел|group|department|^team|смена|бригад/],
  ['roles', /^рол[ьи]|^role/],
  ['name', /фио|ф и о|фамилия.*имя|full ?name|сотрудник|^name|display/],
  ['lastName', /^фамилия|last ?name|surname/],
  ['middleName', /отчеств|middle/],
  ['firstName', /^имя|first ?name|given/],
]

/** A column of a file, and what it is taken for; null: it is left out. */
export interface Column {
  readonly header: string
  readonly field: Field | null
}

/** What the headers mean. Of two that mean the same the first is taken. */
export function columnsOf(headers: readonly string[]): Column[] {
  const taken = new Set<Field>()
  const columns = headers.map((header): Column => {
    const plain = header
      .toLowerCase()
      .replaceAll('ё', 'е')
      .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
      .trim()
    const field = MEANINGS.find(([, meaning]) => meaning.test(plain))?.[0] ?? null
    if (field === null || taken.has(field)) return { header, field: null }
    taken.add(field)
    return { header, field }
  })
  // A first name by itself is the name people read.
  if (taken.has('lastName') || taken.has('name')) return columns
  return columns.map((column) => (column.field === 'firstName' ? { ...column, field: 'name' } : column))
}

/** The filled cells of a row by what their columns mean. */
export type Cells = Partial<Readonly<Record<Field, string>>>

/** A row's cells by field; empty ones are left out: they change nothing. */
export function cellsOf(columns: readonly Column[], row: readonly string[]): Cells {
  const cells: Partial<Record<Field, string>> = {}
  for (const [index, { field }] of columns.entries()) {
    const text = (row[index] ?? '').replaceAll(/\s+/g, ' ').trim()
    if (field !== null && text !== '') cells[field] = text
  }
  const { lastName, firstName, middleName } = cells
  const whole = [lastName, firstName, middleName].filter((part) => part !== undefined).join(' ')
  if (cells.name === undefined && whole !== '') cells.name = whole
  return cells
}
