import type { Role } from '@nabat/api/permissions.ts'
import { ROLES } from '@nabat/api/configuration.ts'
import type { Language, Text } from '@nabat/api/text.ts'

/** Roles as people write them. */
const ROLE_WORDS: readonly (readonly [Role, RegExp])[] = [
  ['admin', /^адм/],
  ['technologist', /^технол/],
  ['support', /поддерж/],
  ['dispatcher', /^дисп/],
  ['warehouse', /^склад|^кладов/],
  ['installer', /^монтаж/],
  ['staff', /^сотр|^персон|^работник/],
  ['client', /^клиент|^заказчик/],
]

/** Zones as Russian offices write them: hours from Moscow. */
const FROM_MOSCOW: readonly (readonly [number, string])[] = [
  [-1, 'Europe/Kaliningrad'],
  [0, 'Europe/Moscow'],
  [1, 'Europe/Samara'],
  [2, 'Asia/Yekaterinburg'],
  [3, 'Asia/Omsk'],
  [4, 'Asia/Krasnoyarsk'],
  [5, 'Asia/Irkutsk'],
  [6, 'Asia/Yakutsk'],
  [7, 'Asia/Vladivostok'],
  [8, 'Asia/Magadan'],
  [9, 'Asia/Kamchatka'],
]

/** Several values of one cell. */
export const listOf = (text: string): string[] => [
  ...new Set(
    text
      .split(/[,;/|\n]+/)
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  ),
]

/** A role as it was written, undefined when there is none like it. */
export function roleOf(text: string): Role | undefined {
  const plain = text.toLowerCase().replaceAll('ё', 'е')
  return ROLES.find((role) => role === plain) ?? ROLE_WORDS.find(([, words]) => words.test(plain))?.[0]
}

/** A language as it was written, undefined when it is none Nabat speaks. */
export function languageOf(text: string): Language | undefined {
  if (/^(?:ru|рус)/i.test(text)) return 'ru'
  return /^(?:en|англ)/i.test(text) ? 'en' : undefined
}

/** A zone by its hours from Moscow or Greenwich (`МСК+2`, `UTC+5`); a name stays what it is. */
export function timeZoneOf(text: string): string {
  const hours = /^(мск|msk|москва|utc|gmt)\s*(?:([+−-])\s*0?(\d{1,2})(?::00)?)?$/i.exec(text)
  if (hours === null) return text
  const [, from = '', sign = '+', count = '0'] = hours
  const offset = (sign === '+' ? 1 : -1) * Number(count)
  const fromMoscow = /^(?:utc|gmt)/i.test(from) ? offset - 3 : offset
  return FROM_MOSCOW.find(([each]) => each === fromMoscow)?.[1] ?? text
}

/** Digits by which two ways of writing a phone number are one: `8 916…` and `+7 916…`. */
export const phoneKey = (text: string): string => text.replaceAll(/\D/g, '').slice(-10)

/** What is said of a role that there is not. */
export const NO_ROLE = (text: string): Text => ({
  ru: `роль «${text}» неизвестна; есть: ${ROLES.join(', ')}`,
  en: `the role "${text}" is not known; there are: ${ROLES.join(', ')}`,
})
/** What is said of a language Nabat does not speak. */
export const NO_LANGUAGE = (text: string): Text => ({
  ru: `язык «${text}»: напишите ru или en`,
  en: `the language "${text}": write ru or en`,
})
