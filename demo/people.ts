import type { Group, User } from '@nabat/api/configuration.ts'
import { BOT, MAIL } from './channels.ts'

/*
 * Who works in the company of the demonstration, and whom it serves.
 */

/** The administrator as whom the visitor looks at everything. */
export const VISITOR = 'a.severova'
/** The installer whom orders are handed to. */
export const INSTALLER = 'MOW_15_S_1'
/** A client's contact who writes tickets. */
export const CLIENT = 'v.cvetkova'

const mail = (address: string) => ({ channel: MAIL, address })
const chat = (id: string) => ({ channel: BOT, chat: id })

/** Private chats with the bot, by whose they are; what a phone shows as its owner. */
export const PHONES: Readonly<Record<string, string>> = {
  '50001': 'Иван Петров',
  '50002': 'Сергей Ким',
  '50003': 'Тимур Ахметов',
  '50004': 'Степан Морозов',
  '50011': 'Алина Соколова',
  '50012': 'Дмитрий Гусев',
  '50021': 'Пётр Орлов',
}

/** Everybody with a card. */
export const USERS: readonly User[] = [
  {
    login: VISITOR,
    name: 'Анна Северова',
    roles: ['admin'],
    email: 'severova@sever-dozor.example',
    phone: '+7 495 100-20-01',
    extension: '100',
  },
  {
    login: 'p.orlov',
    name: 'Пётр Орлов',
    roles: ['technologist'],
    head: VISITOR,
    extension: '101',
    phone: '+7 916 100-20-02',
    contacts: [mail('orlov@sever-dozor.example'), chat('50021')],
  },
  {
    login: 'a.sokolova',
    name: 'Алина Соколова',
    roles: ['dispatcher'],
    head: VISITOR,
    extension: '110',
    contacts: [chat('50011'), mail('sokolova@sever-dozor.example')],
  },
  {
    login: 'd.gusev',
    name: 'Дмитрий Гусев',
    roles: ['dispatcher'],
    head: VISITOR,
    extension: '111',
    contacts: [chat('50012'), mail('gusev@sever-dozor.example')],
  },
  {
    login: 'o.lebedeva',
    name: 'Ольга Лебедева',
    roles: ['support'],
    head: VISITOR,
    extension: '120',
    email: 'lebedeva@sever-dozor.example',
    mattermost: 'lebedeva',
  },
  {
    login: 'k.zaitsev',
    name: 'Кирилл Зайцев',
    roles: ['support'],
    head: VISITOR,
    extension: '121',
    email: 'zaitsev@sever-dozor.example',
    mattermost: 'zaitsev',
  },
  {
    login: 's.morozov',
    name: 'Степан Морозов',
    roles: ['installer'],
    head: VISITOR,
    extension: '130',
    phone: '+7 916 100-20-30',
    contacts: [chat('50004'), mail('morozov@sever-dozor.example')],
  },
  {
    login: INSTALLER,
    name: 'Иван Петров',
    roles: ['installer'],
    head: 's.morozov',
    phone: '+7 916 100-20-31',
    contacts: [chat('50001'), mail('petrov@sever-dozor.example')],
    quietHours: { from: '22:00', to: '08:00' },
  },
  {
    login: 'MOW_15_S_2',
    name: 'Сергей Ким',
    roles: ['installer'],
    head: 's.morozov',
    contacts: [chat('50002'), mail('kim@sever-dozor.example')],
  },
  { login: 'MOW_15_S_3', name: 'Тимур Ахметов', roles: ['installer'], head: 's.morozov', contacts: [chat('50003')] },
  {
    login: 'v.belykh',
    name: 'Виктор Белых',
    roles: ['warehouse'],
    extension: '140',
    email: 'sklad@sever-dozor.example',
    workingHours: { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '18:00' },
  },
  { login: 'n.uvarov', name: 'Николай Уваров', roles: ['staff'], extension: '150' },
  {
    login: CLIENT,
    name: 'Вера Цветкова',
    roles: ['client'],
    email: 'cvetkova@tsj-severnoe.example',
    phone: '+7 495 765-43-21',
  },
  { login: 'i.fomin', name: 'Игорь Фомин', roles: ['client'], email: 'fomin@uk-yuzhnaya.example' },
  { login: 'r.belov', name: 'Роман Белов', roles: ['client'], phone: '+7 495 222-33-44' },
]

/** Departments, and the companies that are served. */
export const GROUPS: readonly Group[] = [
  { name: 'Северный дозор', users: [VISITOR, 'p.orlov', 'n.uvarov', 'v.belykh'] },
  { name: 'Дежурная смена', parent: 'Северный дозор', users: ['a.sokolova', 'd.gusev'] },
  { name: 'Поддержка', parent: 'Северный дозор', users: ['o.lebedeva', 'k.zaitsev'] },
  { name: 'Монтажники', parent: 'Северный дозор', users: ['s.morozov', INSTALLER, 'MOW_15_S_2', 'MOW_15_S_3'] },
  { name: 'ТСЖ «Северное»', users: [CLIENT], client: true },
  { name: 'УК «Южная»', users: ['i.fomin', 'r.belov'], client: true },
]
