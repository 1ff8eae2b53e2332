import i18next from 'i18next'
import { initReactI18next, useTranslation } from 'react-i18next'
import { LANGUAGES, type Language } from '@nabat/api/text.ts'

const PLURAL = ['one', 'few', 'many', 'other'] as const
type RussianOnly = `${string}_few` | `${string}_many`
type Keys<T> = Extract<keyof T, string>
/** A key as it is asked for: that of a plural without its ending. */
export type WordKey<T> =
  Keys<T> extends infer K ? (K extends `${infer Stem}_${(typeof PLURAL)[number]}` ? Stem : K) : never

/** The words of one part of the console in both languages. */
export interface Words<T> {
  readonly area: string
  readonly ru: T
  readonly en: Readonly<Record<Exclude<Keys<T>, RussianOnly>, string>>
}

/**
 * Words of one part. English must have what Russian has (the compiler looks), but for `…_few` and `…_many`, forms that only
 * Russian has; a plural has `…_one` and `…_other` in both. `{{name}}` is put in, `{{count}}` chooses the form.
 */
export const words = <const T extends Readonly<Record<string, string>>>(
  area: string,
  ru: T,
  en: Words<T>['en'],
): Words<T> => ({ area, ru, en })

const KEPT = 'nabat-language'

/** The language of the console: the one chosen on this device, else the browser's, else Russian. */
export function languageHere(): Language {
  const kept = localStorage.getItem(KEPT)
  const wanted = [kept, ...navigator.languages].find((each) => LANGUAGES.some((known) => each?.startsWith(known)))
  return wanted?.startsWith('en') === true ? 'en' : 'ru'
}

/** Switches the console to another language and keeps that on this device. */
export async function setLanguage(language: Language): Promise<void> {
  localStorage.setItem(KEPT, language)
  document.documentElement.lang = language
  await i18next.changeLanguage(language)
}

/** Before the first render. */
export async function startWords(): Promise<void> {
  const language = languageHere()
  document.documentElement.lang = language
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: 'ru',
    resources: {},
    keySeparator: false,
    nsSeparator: false,
    interpolation: { escapeValue: false },
    react: { useSuspense: false },
  })
}

/** The language the console is in now. */
export const language = (): Language => (i18next.language === 'en' ? 'en' : 'ru')

function know<T>({ area, ru, en }: Words<T>): void {
  if (i18next.hasResourceBundle('ru', area)) return
  i18next.addResourceBundle('ru', area, ru)
  i18next.addResourceBundle('en', area, en)
}

/** Says a word of a part of the console, outside of a component. */
export function say<T>(of: Words<T>, key: WordKey<T>, values: Readonly<Record<string, unknown>> = {}): string {
  know(of)
  return i18next.t(key as string, { ns: of.area, ...values })
}

/** Says the words of a part of the console; the component is drawn anew when the language changes. */
export function useWords<T>(of: Words<T>): (key: WordKey<T>, values?: Readonly<Record<string, unknown>>) => string {
  know(of)
  const { t } = useTranslation(of.area)
  return (key, values) => t(key as string, values ?? {})
}
