import type { Problem } from '@nabat/api/text.ts'
import { endpointProblem, keysProblem } from '../channels/push/endpoint.ts'
import type { VapidKeys } from '../channels/push/vapid.ts'
import type { PushDevice, PushWorld } from '../channels/push/world.ts'
import type { Clock } from '../clock.ts'
import type { SecretBox } from '../configuration/secret-box.ts'
import type { WorkspaceView } from '../configuration/view.ts'
import type { Workspaces } from '../configuration/workspaces.ts'
import type { MakeId } from '../ids.ts'
import type { Log } from '../log.ts'
import type { DeviceRow } from '../store/devices.ts'
import type { Store } from '../store/store.ts'
import { permissionsOf } from './member.ts'

/** A person has so many browsers; of more the one used longest ago goes. */
const MOST = 20
const AGENT_LENGTH = 300
/** More entries than these are one number to anybody. */
const MOST_COUNTED = 1_000

/** Whose device it is: a card in a workspace. */
export interface Owner {
  readonly view: WorkspaceView
  /** Entity id of the user. */
  readonly card: number
  readonly account: number
  /** What people see of the session. */
  readonly session: string
}

/** What a browser has to say of itself. */
export interface Subscription {
  readonly endpoint: string
  readonly keys: { readonly p256dh: string; readonly auth: string }
  readonly title: string | null
  /** The endpoint it had before. */
  readonly replaces: string | null
  readonly agent: string | null
  /** What it is called where its person has not named it. */
  readonly named: string
}

interface Parts {
  readonly store: Store
  readonly box: SecretBox
  readonly workspaces: Workspaces
  readonly clock: Clock
  readonly makeId: MakeId
  readonly log: Log
  readonly keys: VapidKeys
  /** Push services beside those that are known (NABAT_PUSH_HOSTS). */
  readonly hosts: readonly string[]
  readonly publicUrl: string | null
  /** The workspace whose system contact push services may write to. */
  readonly home: number
}

/** Browsers of people that take push messages. */
export class Devices {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** What a browser subscribes with, base64url. */
  get publicKey(): string {
    return this.#parts.keys.publicKey
  }

  /** The devices of a person, the one used last first. */
  list(view: WorkspaceView, card: number): Promise<readonly DeviceRow[]> {
    return this.#parts.store.devicesOf(view.id, card)
  }

  /** Adds a browser, or brings what is known of it up to date; what is wrong with it otherwise. */
  async add(
    { view, card, account, session }: Owner,
    subscription: Subscription,
  ): Promise<{ readonly device: DeviceRow; readonly made: boolean } | readonly Problem[]> {
    const { store, box, clock, makeId, hosts } = this.#parts
    const { endpoint, keys, title, replaces, agent, named } = subscription
    const wrong = [endpointProblem(endpoint, hosts), keysProblem(keys)].filter((each) => each !== undefined)
    if (wrong.length > 0) return wrong
    const now = clock.now()
    const device = {
      ...{ id: makeId(), account, session, endpoint, p256dh: keys.p256dh, auth: box.seal(keys.auth) },
      ...{ agent: agent?.slice(0, AGENT_LENGTH) ?? null, addedAt: now, usedAt: now },
    }
    const put = await store.putDevice({ workspace: view.id, card, device, title, named, replaces, most: MOST })
    await this.#parts.workspaces.refresh(view.id)
    return put
  }

  /** False when there is no such device. */
  rename(view: WorkspaceView, card: number, id: string, title: string): Promise<boolean> {
    return this.#parts.store.renameDevice(view.id, card, id, title)
  }

  /** False when there is no such device. */
  async remove(view: WorkspaceView, card: number, id: string): Promise<boolean> {
    const removed = await this.#parts.store.removeDevices(view.id, card, [id])
    await this.#parts.workspaces.refresh(view.id)
    return removed > 0
  }

  /** A person has clicked on a message: it has been read. */
  async clicked(view: WorkspaceView, login: string, delivery: string): Promise<void> {
    await this.#parts.store.markRead(view.id, login, delivery, this.#parts.clock.now())
  }

  /** What the push channel of a workspace is given. */
  world(workspace: number): PushWorld {
    const { keys, hosts } = this.#parts
    const viewOf = (): WorkspaceView | undefined => this.#parts.workspaces.get(workspace)
    const cardOf = (login: string): number | undefined => viewOf()?.rowByKey('users', login)?.id
    return {
      keys,
      hosts,
      subject: () => this.#subject(),
      reach: async (login) => {
        const card = cardOf(login)
        const rows = card === undefined ? [] : await this.#parts.store.devicesOf(workspace, card)
        const roles = viewOf()?.people.get(login)?.roles ?? []
        return {
          workspace,
          publicUrl: this.#parts.publicUrl,
          seesEvents: permissionsOf(roles).has('events.read'),
          unread: rows.length === 0 ? 0 : await this.#unread(workspace, login),
          devices: rows.flatMap((row) => this.#opened(row)),
        }
      },
      gone: async (login, devices) => {
        const card = cardOf(login)
        if (card === undefined) return
        const { store, workspaces, log } = this.#parts
        try {
          await store.removeDevices(workspace, card, devices)
          await workspaces.refresh(workspace)
          log.info({ workspace, user: login, devices: devices.length }, 'browsers have withdrawn from push')
        } catch (error) {
          // The next message hears it again. This one has been sent to the others, and must not be sent anew for that.
          log.warn(
            { workspace, user: login, error: (error as Error).message },
            'browsers that withdrew are still there',
          )
        }
      },
    }
  }

  /** Without what is sealed a device is of no use; it is left out. */
  #opened({ id, title, endpoint, p256dh, auth }: DeviceRow): PushDevice[] {
    try {
      return [{ id, title, endpoint, p256dh, auth: this.#parts.box.open(auth) }]
    } catch {
      this.#parts.log.error({ device: id }, 'a device cannot be opened with this secret key')
      return []
    }
  }

  async #unread(workspace: number, login: string): Promise<number> {
    const [row] = await this.#parts.store.read({
      sql: `select count(*) as unread from (select 1 as one from inbox
        where workspace = ? and login = ? and read_at is null limit ?) as some`,
      parameters: [workspace, login, MOST_COUNTED],
    })
    return Number(row?.['unread'] ?? 0)
  }

  /** Whom a push service may write to when we trouble it. */
  #subject(): string {
    const { publicUrl, workspaces, home } = this.#parts
    if (publicUrl?.startsWith('https://') === true) return publicUrl
    const contact = workspaces.get(home)?.settings.systemContact
    return `mailto:${contact ?? 'nobody@nabat.invalid'}`
  }
}
