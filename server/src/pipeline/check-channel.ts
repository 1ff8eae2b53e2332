import type { ChannelView } from '../configuration/channel-view.ts'
import type { WorkspaceView } from '../configuration/view.ts'
import type { Address } from './outcome.ts'
import type { Channel, CheckStage, Message } from '../channels/channel.ts'

const FIELDS = { 'from.address': 'from.address', 'from.name': 'from.name', replyTo: 'replyTo' } as const

/** Checks a channel stage by stage: its settings first, then what the channel itself, once open, can find out. */
export async function* checkChannel(
  channel: ChannelView,
  view: WorkspaceView,
  open: () => Promise<Channel>,
  to: Address | undefined,
  signal: AbortSignal,
  now: number,
): AsyncGenerator<CheckStage> {
  const missing = channel.missing.map((name) => FIELDS[name as keyof typeof FIELDS] ?? name).join(', ')
  yield missing === ''
    ? { stage: 'settings', ok: true, says: { ru: 'Настройки заполнены', en: 'The settings are complete' } }
    : {
        stage: 'settings',
        ok: false,
        says: { ru: `Канал не готов, заполните: ${missing}`, en: `The channel is not ready, fill in: ${missing}` },
      }
  const opened = await open()
  yield* opened.check(to, to === undefined ? undefined : testMessage(channel, view, now), signal)
}

/** What a test message says. */
function testMessage(channel: ChannelView, view: WorkspaceView, now: number): Message {
  const company = view.settings.title ?? view.name
  const words = {
    ru: { title: 'Проверка канала Набата', text: `Канал «${channel.name}» (${company}) работает.` },
    en: { title: 'Nabat channel check', text: `The channel "${channel.name}" (${company}) works.` },
  }[view.language]
  const escaped = words.text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')
  const time = new Date(now).toISOString()
  return {
    deliveryId: `check-${now}`,
    language: view.language,
    severity: 'info',
    title: words.title,
    text: escaped,
    letter: `<p>${escaped}</p>`,
    links: [],
    attachments: [],
    silent: false,
    event: { specversion: '1.0', id: `check-${now}`, source: 'nabat', type: 'nabat.check', time, data: {} },
  }
}
