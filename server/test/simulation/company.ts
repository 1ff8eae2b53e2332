import type { Dice } from './random.ts'

/** A small company: two bots' worth of chats, a mail server, a receiver; people who sleep, a rule of each shape. */
export const CONFIGURATION = `
workspace: { name: default, timeZone: Europe/Moscow }
channels:
  - { name: bot, kind: telegram, token: "1:a" }
  - { name: hook, kind: webhook, url: "http://127.0.0.1:1/hook" }
  - { name: mail, kind: smtp, host: mail.example.ru, from: { address: nabat@example.ru, name: Набат }, replyTo: help@example.ru }
users:
  - { login: anna, quietHours: { from: "22:00", to: "08:00" }, contacts: [ { channel: bot, chat: "101" }, { channel: mail, address: anna@example.ru } ] }
  - { login: boris, timeZone: Asia/Yekaterinburg, contacts: [ { channel: bot, chat: "102" } ] }
rules:
  - { name: duty, types: [camera.unavailable, camera.available], to: [ { channel: bot, chat: "-1001" }, { user: anna } ] }
  - { name: living, types: [server.unavailable, server.available], messages: living, to: [ { channel: bot, chat: "-1002" } ] }
  - { name: machine, types: ["*"], to: [ { channel: hook } ], fallback: [ { channel: mail, address: boss@example.ru } ] }
  - { name: people, types: [workorder.assigned], to: [ { user: boris }, { channel: mail, address: office@example.ru } ] }
  - { name: digest, types: [workorder.commented], to: [ { channel: bot, chat: "-1003" } ], digest: { every: 15m } }
`

interface MadeEvent {
  readonly id: string
  readonly type: string
  readonly severity: string
  readonly data: Record<string, unknown>
}

/** Something that happens. Cameras and servers are few, so that their incidents open and close again. */
export function nextEvent(random: Dice, n: number): MadeEvent {
  const severity = random.pick(['info', 'warning', 'warning', 'critical'])
  const camera = `cam-${random.whole(1, 4)}`
  const server = `srv-${random.whole(1, 2)}`
  const [type, data] = random.pick<readonly [string, Record<string, unknown>]>([
    ['camera.unavailable', { camera }],
    ['camera.available', { camera }],
    ['server.unavailable', { server }],
    ['server.available', { server }],
    ['workorder.assigned', { workorder: `w${n}`, assignees: ['boris'] }],
    ['workorder.commented', { workorder: `w${n}`, comment: 'ok' }],
  ])
  return { id: `e${n}-${random.whole(0, 1e9)}`, type, severity, data }
}
