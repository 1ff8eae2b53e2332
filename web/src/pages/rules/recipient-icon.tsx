import type { Recipient } from '@nabat/api/rule.ts'
import { IconArrowsSplit, IconUser, IconUsersGroup, type Icon } from '@tabler/icons-react'
import { ChannelIcon } from '../../components/channel-icon.tsx'

function shapeOf({ user, role, group, relation }: Recipient): Icon | undefined {
  if (user !== undefined) return IconUser
  if (role !== undefined || group !== undefined) return IconUsersGroup
  return relation === undefined ? undefined : IconArrowsSplit
}

interface RecipientIconProps {
  readonly to: Recipient
  /** Kinds of channels by their names. */
  readonly kinds: ReadonlyMap<string, string>
}

/** The sign of a recipient: a person, several, whoever the event names, or the way out. */
export function RecipientIcon({ to, kinds }: RecipientIconProps) {
  const Shape = shapeOf(to)
  if (Shape === undefined) return <ChannelIcon kind={kinds.get(to.channel ?? '')} />
  return <Shape size={18} stroke={1.7} aria-hidden />
}
