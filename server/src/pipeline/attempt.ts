/*
 * Attempt: one call with a deadline through a channel that is opened on first use. An exception is a bug of ours: it is
 * logged, counted as `internal`, and the message waits like any other that failed.
 */
import type { AttachedFile, Channel, Message, World } from '../channels/channel.ts'
import type { ChannelView } from '../configuration/channel-view.ts'
import type { ClaimedRow } from '../store/store.ts'
import { deferred, type Outcome } from './outcome.ts'

interface Opened {
  readonly version: number
  readonly channel: Promise<Channel>
}

/** The open ways out of this process, by workspace and channel: numbers of channels are given by workspace. */
export class Ways {
  readonly #open = new Map<string, Opened>()
  readonly #worldOf: (view: ChannelView, workspace: number) => World
  readonly #underway = new Set<AbortController>()

  constructor(worldOf: (view: ChannelView, workspace: number) => World) {
    this.#worldOf = worldOf
  }

  /** The open channel; one whose settings changed is closed behind those who still use it. */
  open(view: ChannelView, workspace: number): Promise<Channel> {
    const place = `${workspace} ${view.id}`
    const known = this.#open.get(place)
    if (known?.version === view.version) return known.channel
    if (known !== undefined) void known.channel.then((channel) => channel.close()).catch(() => {})
    const channel = view.kind.open(view.settings, this.#worldOf(view, workspace))
    this.#open.set(place, { version: view.version, channel })
    // A failure to open is not remembered: the next attempt tries again.
    channel.catch(() => {
      if (this.#open.get(place)?.channel === channel) this.#open.delete(place)
    })
    return channel
  }

  /** Opens a channel that is not saved; whoever asked for it closes it. */
  openAside(view: ChannelView, workspace: number): Promise<Channel> {
    return view.kind.open(view.settings, this.#worldOf(view, workspace))
  }

  /** Makes one attempt. Never throws. */
  async attempt(
    row: ClaimedRow,
    message: Message,
    view: ChannelView,
    world: Pick<World, 'clock' | 'log'>,
  ): Promise<Outcome> {
    const controller = new AbortController()
    const endDeadline = world.clock.after(view.kind.limits(view.settings).deadlineMs, () =>
      controller.abort(new DOMException('deadline', 'TimeoutError')),
    )
    this.#underway.add(controller)
    try {
      const channel = await this.open(view, row.workspace)
      const told = row.incident?.told
      const edit = row.living && told !== undefined && told !== null && told.length > 0
      return await channel.attempt(message, row.address, {
        signal: controller.signal,
        action: edit ? 'edit' : 'send',
        ...(told === undefined || told === null ? {} : { earlier: { messageIds: told } }),
        attempt: row.attempts + 1,
        expiresAt: row.expiresAt,
      })
    } catch (error) {
      world.log.error(
        { delivery: row.delivery, channel: view.name, error: (error as Error).stack },
        'a channel threw, which is a bug',
      )
      return deferred(
        'internal',
        'an error of Nabat, see the log',
        { of: 'channel', state: 'fine' },
        { ambiguous: true },
      )
    } finally {
      endDeadline()
      this.#underway.delete(controller)
    }
  }

  /** Ends what is under way; each attempt returns `cancelled`. */
  abort(): void {
    for (const controller of this.#underway) controller.abort(new Error('stopping'))
  }

  async close(): Promise<void> {
    const channels = [...this.#open.values()]
    this.#open.clear()
    await Promise.allSettled(channels.map(async ({ channel }) => (await channel).close()))
  }
}

/** The files of an event, read when the channel asks for them. */
export function attachmentsOf(
  row: ClaimedRow,
  read: (id: string) => Promise<AttachedFile | undefined>,
): Promise<AttachedFile[]> {
  if (row.event.attachments === null) return Promise.resolve([])
  const listed = JSON.parse(row.event.attachments) as { file: string; name: string }[]
  return Promise.all(listed.map(({ file }) => read(file))).then((files) =>
    files.flatMap((file, index) =>
      file === undefined ? [] : [{ ...file, name: listed[index]!.name, read: () => file.read() }],
    ),
  )
}
