import type { LetterLook } from '@nabat/api/configuration.ts'
import type { Language } from '@nabat/api/text.ts'
import type { WorkspaceSettings } from '../../data/workspace.ts'

/** Fields of the form: what is not set is an empty text. */
export interface CompanyValues {
  readonly title: string
  readonly timeZone: string
  readonly language: Language
  readonly signature: string
  /** Id of an uploaded picture, or an address. */
  readonly logo: string
  readonly color: string
  readonly footer: string
  readonly systemContact: string
  readonly mail: boolean
  readonly unknown: boolean
  readonly foldAfter: string
  readonly statistics: boolean
  readonly statisticsAt: string
}

/** The fields for the settings. */
export const readCompany = (settings: WorkspaceSettings): CompanyValues => ({
  title: settings.title ?? '',
  timeZone: settings.timeZone,
  language: settings.language,
  signature: settings.signature ?? '',
  logo: settings.letter?.logo ?? '',
  color: settings.letter?.color ?? '',
  footer: settings.letter?.footer ?? '',
  systemContact: settings.systemContact ?? '',
  mail: settings.mailOff !== true,
  unknown: settings.writeToUnknown === true,
  foldAfter: settings.foldAfter ?? '',
  statistics: settings.dailyStatistics !== false,
  statisticsAt: typeof settings.dailyStatistics === 'string' ? settings.dailyStatistics : '09:00',
})

/** How letters look, as the fields say. */
export const lookOf = ({ logo, color, footer }: Pick<CompanyValues, 'logo' | 'color' | 'footer'>): LetterLook => ({
  ...given('logo', logo),
  ...given('color', color),
  ...given('footer', footer),
})

/** A text that was left empty is no setting. */
const given = <Name extends string>(name: Name, value: string): Partial<Record<Name, string>> =>
  value.trim() === '' ? {} : ({ [name]: value } as Record<Name, string>)

const SHOWN = [
  'name',
  'version',
  'title',
  'signature',
  'letter',
  'systemContact',
  'foldAfter',
  'mailOff',
  'writeToUnknown',
]
const without = (settings: object, names: readonly string[]): object =>
  Object.fromEntries(Object.entries(settings).filter(([name]) => !names.includes(name)))

/** Nothing of it set is no setting. */
function letterOf(values: Pick<CompanyValues, 'logo' | 'color' | 'footer'>): { letter?: LetterLook } {
  const letter = lookOf(values)
  return Object.keys(letter).length === 0 ? {} : { letter }
}

/** The settings that the fields make; what the form does not show stays as it is. */
export const writeCompany = (
  { mail, unknown, statistics, statisticsAt, timeZone, language, ...texts }: CompanyValues,
  before: WorkspaceSettings,
) => ({
  ...without(before, SHOWN),
  timeZone,
  language,
  ...given('title', texts.title),
  ...given('signature', texts.signature),
  ...letterOf(texts),
  ...given('systemContact', texts.systemContact),
  ...given('foldAfter', texts.foldAfter),
  ...(mail ? {} : { mailOff: true }),
  ...(unknown ? { writeToUnknown: true } : {}),
  dailyStatistics: statistics ? statisticsAt : (false as const),
})

/** Fields of the form that are named otherwise in the settings. */
export const FIELDS: Readonly<Record<string, string>> = {
  mailOff: 'mail',
  dailyStatistics: 'statisticsAt',
  'letter.logo': 'logo',
  'letter.color': 'color',
  'letter.footer': 'footer',
}
