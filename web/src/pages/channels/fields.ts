import type { UseFormReturnType } from '@mantine/form'
import type { StoredChannel } from '../../data/channels.ts'
import type { ChannelValues } from './channel-values.ts'

/** What the fields of a kind of channel are given. */
export interface FieldsProps {
  readonly form: UseFormReturnType<ChannelValues>
  /** The saved channel; undefined for a new one. */
  readonly channel: StoredChannel | undefined
}
