/*
 * The part of the port about devices: browsers of people that take push messages. Of a workspace; a person is named by
 * the entity id of the card, which stays when the login changes. Times are milliseconds since 1970.
 */

/** A browser that takes push messages for a person. */
export interface DeviceRow {
  readonly id: string
  /** Who signed in there, and the session (what people see of it): when it is ended, the device goes with it. */
  readonly account: number
  readonly session: string
  /** The address the push service has given to the browser. */
  readonly endpoint: string
  /** The browser's public key, base64url. */
  readonly p256dh: string
  /** What it shares with us alone, sealed. */
  readonly auth: Uint8Array
  readonly title: string
  /** Its User-Agent. */
  readonly agent: string | null
  readonly addedAt: number
  /** When the browser was last here. */
  readonly usedAt: number
}

/** A device that has come, or come again. */
export interface DeviceWrite {
  readonly workspace: number
  readonly card: number
  /** `id` and `addedAt` hold where the browser is new. */
  readonly device: Omit<DeviceRow, 'title'>
  /** What it is called; null: as before, or `named` where the browser is new. */
  readonly title: string | null
  readonly named: string
  /** The endpoint it had before, null for none. */
  readonly replaces: string | null
  /** A person has so many; of more the one used longest ago goes. */
  readonly most: number
}

/** Whether somebody has a device; part of the configuration, because it decides about ways to them. */
export interface DeviceHolder {
  /** Entity id of the user. */
  readonly card: number
  readonly holds: boolean
}

/** Devices. The first and the last one of a person raise the version of the configuration. */
export interface DeviceStore {
  /** The devices of a person, the one used last first. */
  devicesOf(workspace: number, card: number): Promise<readonly DeviceRow[]>
  /**
   * Adds a device, or brings the one of the same endpoint up to date. A browser belongs to one person of a workspace: to
   * the one who was there last.
   */
  putDevice(write: DeviceWrite): Promise<{ readonly device: DeviceRow; readonly made: boolean }>
  renameDevice(workspace: number, card: number, id: string, title: string): Promise<boolean>
  /** Removes devices of a person; how many there were. */
  removeDevices(workspace: number, card: number, ids: readonly string[]): Promise<number>
  /**
   * A delivery to this recipient has been read, with all that left in the same message, and with what told of the beginning
   * of its incident; false: there is none, or it was read before.
   */
  markRead(workspace: number, recipient: string, delivery: string, at: number): Promise<boolean>
  /** Stores a small value of the installation unless there is one; gives the one that is there. */
  keepMark(name: string, value: Uint8Array): Promise<Uint8Array>
}
