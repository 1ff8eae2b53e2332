import type { Text } from './text.ts'

/** What a well-known mail service needs to be set to, and what it allows. */
export interface MailPreset {
  readonly name: string
  readonly title: Text
  readonly host: string
  readonly port: number
  readonly encryption: 'starttls' | 'tls'
  /** Letters a day to begin with; undefined where the service names no number. */
  readonly lettersPerDay?: number
  /** How long the service wants to be left alone once its quota is used up. */
  readonly quotaPauseMs?: number
  /** What to do over there before the settings work, and what to mind. */
  readonly instructions: Text
}

const DAY_MS = 86_400_000

/** Presets for the mail channel; the console offers them, the channel takes its pauses from them. */
export const MAIL_PRESETS: readonly MailPreset[] = [
  {
    name: 'gmail',
    title: { ru: 'Gmail', en: 'Gmail' },
    host: 'smtp.gmail.com',
    port: 465,
    encryption: 'tls',
    lettersPerDay: 500,
    instructions: {
      ru: 'Включите двухэтапную аутентификацию и создайте пароль приложения (16 знаков): myaccount.google.com → Безопасность. Логин — полный адрес ящика, пароль — пароль приложения; обычный пароль Gmail не принимает. Адрес отправителя — тот же ящик. Предел — 500 писем в сутки, в Google Workspace — 2000.',
      en: 'Switch two-step verification on and make an app password (16 characters): myaccount.google.com → Security. The login is the whole address, the password is the app password; Gmail refuses the ordinary one. The sender is the same mailbox. The limit is 500 letters a day, 2000 with Google Workspace.',
    },
  },
  {
    name: 'yandex',
    title: { ru: 'Яндекс Почта', en: 'Yandex Mail' },
    host: 'smtp.yandex.ru',
    port: 465,
    encryption: 'tls',
    lettersPerDay: 500,
    quotaPauseMs: DAY_MS,
    instructions: {
      ru: 'Разрешите доступ почтовых программ (Почта → Настройки → Почтовые программы) и создайте пароль приложения: id.yandex.ru → Безопасность → Пароли приложений → Почта. Логин — полный адрес ящика, пароль — пароль приложения, адрес отправителя — тот же ящик. Предел — 500 писем в сутки; после него отправка закрыта на 24 часа, и каждая новая попытка продлевает запрет, поэтому Набат ждёт сутки.',
      en: 'Allow mail programs (Mail → Settings → Mail clients) and make an app password: id.yandex.ru → Security → App passwords → Mail. The login is the whole address, the password is the app password, the sender is the same mailbox. The limit is 500 letters a day; past it sending is closed for 24 hours and every further attempt prolongs that, so Nabat waits a day.',
    },
  },
  {
    name: 'mailru',
    title: { ru: 'Почта Mail.ru', en: 'Mail.ru' },
    host: 'smtp.mail.ru',
    port: 465,
    encryption: 'tls',
    instructions: {
      ru: 'Создайте пароль для внешнего приложения: Mail.ru → Пароль и безопасность → Пароли для внешних приложений. Логин — полный адрес ящика, пароль — созданный пароль, адрес отправителя — тот же ящик. Сколько писем в сутки разрешено, Mail.ru не сообщает.',
      en: 'Make a password for external applications: Mail.ru → Password and security → Passwords for external applications. The login is the whole address, the password is the one that was made, the sender is the same mailbox. Mail.ru does not say how many letters a day it allows.',
    },
  },
]

/** The preset of a server, by its name. */
export const presetOf = (host: string): MailPreset | undefined =>
  MAIL_PRESETS.find((preset) => preset.host === host.toLowerCase())
