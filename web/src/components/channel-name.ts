import { say } from '../i18n.ts'
import { channelWords } from '../words/channels.ts'

/** A channel that every workspace has, in words; any other by its name. */
export const channelInWords = (name: string): string =>
  name === 'inbox' || name === 'push' ? say(channelWords, name) : name
