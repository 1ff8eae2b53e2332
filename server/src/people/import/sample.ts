import type { Language } from '@nabat/api/text.ts'

const SAMPLES: Readonly<Record<Language, readonly (readonly string[])[]>> = {
  ru: [
    'Логин;ФИО;Телефон;E-mail;Внутренний номер;Руководитель;Роли;Группы;Язык;Часовой пояс;Telegram;Mattermost'.split(
      ';',
    ),
    'petrov;Пётр Петров;+7 916 123-45-67;petrov@example.ru;101;;Диспетчер;Смена А;ru;МСК;;petrov'.split(';'),
    'ivanov;Иван Иванов;+7 916 765-43-21;ivanov@example.ru;102;petrov;Монтажник, Склад;Смена А, Выезд;ru;МСК+2;;'.split(
      ';',
    ),
  ],
  en: [
    'Login;Name;Phone;E-mail;Extension;Head;Roles;Groups;Language;Time zone;Telegram;Mattermost'.split(';'),
    'petrov;Peter Petrov;+7 916 123-45-67;petrov@example.com;101;;dispatcher;Shift A;en;Europe/Moscow;;petrov'.split(
      ';',
    ),
    'ivanov;John Ivanov;+7 916 765-43-21;ivanov@example.com;102;petrov;installer, warehouse;Shift A, Field;en;Asia/Yekaterinburg;;'.split(
      ';',
    ),
  ],
}

/** A file to fill in: the headers that are understood and two people. Excel knows by its first character that it is UTF-8. */
export const sampleCsv = (language: Language): string =>
  `\u{feff}${SAMPLES[language].map((cells) => cells.join(';')).join('\r\n')}\r\n`
