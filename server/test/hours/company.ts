import type { User } from '@nabat/api/configuration.ts'

/** A file with Ivan, who is reached by mail, and a rule that tells him of cameras. */
export const companyOf = (ivan: Partial<User>, rule: object = {}, more: object = {}): string =>
  JSON.stringify({
    workspace: { name: 'default', timeZone: 'Europe/Moscow' },
    channels: [{ name: 'mail', kind: 'smtp', host: 'mx', from: { address: 'n@x.ru', name: 'N' }, replyTo: 'h@x.ru' }],
    users: [{ login: 'ivan', contacts: [{ channel: 'mail', address: 'ivan@x.ru' }], ...ivan }],
    rules: [{ name: 'all', types: ['camera.created'], to: [{ user: 'ivan' }], ...rule }],
    ...more,
  })

/** An event of a camera, which opens no incident. */
export const camera = (name: string, severity = 'warning'): object => ({
  type: 'camera.created',
  severity,
  subject: name,
  data: { camera: name },
})
