import type { Language } from '@nabat/api/text.ts'

/* What a browser is called for people, by its User-Agent. Each names many others in it: the particular come first. */

const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/YaBrowser\//, 'Яндекс Браузер'],
  [/Edg(e|A|iOS)?\//, 'Edge'],
  [/OPR\/|Opera/, 'Opera'],
  [/SamsungBrowser\//, 'Samsung Internet'],
  [/Vivaldi\//, 'Vivaldi'],
  [/Firefox\/|FxiOS\//, 'Firefox'],
  [/Chrome\/|CriOS\/|Chromium\//, 'Chrome'],
  [/Safari\//, 'Safari'],
]
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/iPhone|iPod/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/Macintosh|Mac OS X/, 'macOS'],
  [/CrOS/, 'ChromeOS'],
  [/Linux/, 'Linux'],
]
const OTHER = { ru: 'Браузер', en: 'Browser' }

/** «Chrome на Windows»; «Браузер» when nothing is known of it. */
export function browserTitle(agent: string | null, language: Language): string {
  const first = (list: typeof BROWSERS): string | undefined => list.find(([seen]) => seen.test(agent ?? ''))?.[1]
  const browser = first(BROWSERS) ?? OTHER[language]
  const system = first(SYSTEMS)
  return system === undefined ? browser : `${browser} ${language === 'ru' ? 'на' : 'on'} ${system}`
}
