import type { Recipient, Rule } from '@nabat/api/rule.ts'
import type { ChannelView } from './channel-view.ts'
import type { WorkspaceSettings } from './view.ts'

/** The id of the rule that every workspace has without anybody having made it. */
export const SYSTEM_NOTICES = 0

/**
 * What Nabat has to say of itself (a channel is down, the disk is full) reaches somebody without a rule having been made
 * for it: the inbox of every administrator, the one who did what it is about, and the system contact by e-mail. When mail itself is down, the
 * administrators' own ways stand in for it. Rules that name `system.*` come first, as ever.
 */
export function systemNotices(settings: WorkspaceSettings, channels: Iterable<ChannelView>): Rule {
  const to: Recipient[] = [{ role: 'admin', channel: 'inbox' }, { relation: 'actor' }]
  const mail = [...channels].find(({ kind, enabled }) => kind.kind === 'smtp' && enabled)
  if (settings.systemContact !== undefined && mail !== undefined)
    to.push({ channel: mail.name, address: settings.systemContact })
  return {
    name: settings.language === 'en' ? 'System notices' : 'Служебные уведомления',
    types: ['system.*'],
    // Who changed what is there to be looked up; it is no reason to write to anybody.
    when: { field: 'type', op: 'ne', value: 'system.settings.changed' },
    to,
    fallback: [{ role: 'admin' }],
  }
}
