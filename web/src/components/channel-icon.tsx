import {
  IconBell,
  IconBrandTelegram,
  IconInbox,
  IconMail,
  IconMessageCircle,
  IconSend,
  IconWebhook,
  type Icon,
} from '@tabler/icons-react'

const ICONS: Readonly<Record<string, Icon>> = {
  telegram: IconBrandTelegram,
  smtp: IconMail,
  mattermost: IconMessageCircle,
  webhook: IconWebhook,
  inbox: IconInbox,
  push: IconBell,
}

/** The sign of a kind of channels; the words beside it say the same. */
export function ChannelIcon({ kind, size = 18 }: { readonly kind: string | undefined; readonly size?: number }) {
  const Shape = ICONS[kind ?? ''] ?? IconSend
  return <Shape size={size} stroke={1.7} aria-hidden />
}
