import type { DatabaseSync } from 'node:sqlite'
import { idBytes, idText } from '../../ids.ts'
import type { DeviceHolder, DeviceRow, DeviceStore, DeviceWrite } from '../devices.ts'
import type { Writer } from './database.ts'

type Row = Record<string, unknown>
type Value = string | number | Uint8Array | null

/** Which sessions of an account have ended. */
export type EndedSessions = { readonly only: string } | { readonly except: string | null }

/** Devices and who has one. Runs inside the caller's transaction. */
export class DeviceTables {
  readonly #database: DatabaseSync

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  #all(sql: string, ...values: Value[]): Row[] {
    return this.#database.prepare(sql).all(...values)
  }
  #run(sql: string, ...values: Value[]): number {
    return Number(this.#database.prepare(sql).run(...values).changes)
  }

  of(workspace: number, card: number): DeviceRow[] {
    return this.#all(
      'select * from devices where workspace = ? and card = ? order by used_at desc, id',
      workspace,
      card,
    ).map(deviceRow)
  }

  put({ workspace, card, device, title, named, replaces, most }: DeviceWrite): { device: DeviceRow; made: boolean } {
    const before = this.of(workspace, card).find(
      ({ endpoint }) => endpoint === device.endpoint || endpoint === replaces,
    )
    const kept = { ...device, id: before?.id ?? device.id, addedAt: before?.addedAt ?? device.addedAt }
    const row = { ...kept, title: title ?? before?.title ?? named }
    // Whoever had this browser before has it no more; the row that is written anew goes as well.
    const others = this.#all(
      'delete from devices where workspace = ? and endpoint in (?, ?) returning card',
      ...[workspace, device.endpoint, replaces ?? device.endpoint],
    )
    this.#run(
      `insert into devices (workspace, card, id, account, session, endpoint, p256dh, auth, title, agent, added_at, used_at)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[workspace, card, idBytes(row.id), row.account, row.session, row.endpoint, row.p256dh, row.auth, row.title],
      ...[row.agent, row.addedAt, row.usedAt],
    )
    const tooMany = this.of(workspace, card).slice(most)
    for (const { id } of tooMany)
      this.#run('delete from devices where workspace = ? and card = ? and id = ?', workspace, card, idBytes(id))
    for (const each of new Set([card, ...others.map((other) => Number(other['card']))]))
      this.#noteHolder(workspace, each)
    return { device: row, made: before === undefined }
  }

  remove(workspace: number, card: number, ids: readonly string[]): number {
    let removed = 0
    for (const id of ids)
      removed += this.#run(
        'delete from devices where workspace = ? and card = ? and id = ?',
        workspace,
        card,
        idBytes(id),
      )
    if (removed > 0) this.#noteHolder(workspace, card)
    return removed
  }

  /** Sessions of an account have ended: the browsers they were in take nothing more. */
  endSessions(account: number, which: EndedSessions): void {
    const members = this.#all('select workspace, card from members where account = ?', account)
    for (const member of members) {
      const [workspace, card] = [Number(member['workspace']), Number(member['card'])]
      const mine = 'delete from devices where workspace = ? and card = ? and account = ?'
      const removed =
        'only' in which
          ? this.#run(`${mine} and session = ?`, workspace, card, account, which.only)
          : this.#run(`${mine} and session is not ?`, workspace, card, account, which.except)
      if (removed > 0) this.#noteHolder(workspace, card)
    }
  }

  /** Cards that were removed, as of a version of the configuration. */
  forgetCard(workspace: number, card: number, version: number): void {
    this.#run('delete from devices where workspace = ? and card = ?', workspace, card)
    this.#run(
      'update device_holders set holds = 0, version = ? where workspace = ? and card = ? and holds = 1',
      ...[version, workspace, card],
    )
  }

  /** Who has got a first device, or lost the last one, since a version. */
  holdersSince(workspace: number, version: number): DeviceHolder[] {
    return this.#all(
      'select card, holds from device_holders where workspace = ? and version > ?',
      workspace,
      version,
    ).map((row) => ({ card: Number(row['card']), holds: row['holds'] === 1 }))
  }

  /** Raises the version of the configuration where somebody has got a first device, or lost the last one. */
  #noteHolder(workspace: number, card: number): void {
    const [device] = this.#all('select 1 from devices where workspace = ? and card = ? limit 1', workspace, card)
    const [known] = this.#all('select holds from device_holders where workspace = ? and card = ?', workspace, card)
    const holds = device === undefined ? 0 : 1
    if (holds === Number(known?.['holds'] ?? 0)) return
    const [raised] = this.#all('update workspaces set version = version + 1 where id = ? returning version', workspace)
    this.#run(
      `insert into device_holders (workspace, card, holds, version) values (?, ?, ?, ?)
       on conflict (workspace, card) do update set holds = excluded.holds, version = excluded.version`,
      ...[workspace, card, holds, Number(raised!['version'])],
    )
  }
}

/** The port's part about devices. */
export function deviceStore(database: DatabaseSync, writer: Writer, tables: DeviceTables): DeviceStore {
  return {
    devicesOf: async (workspace, card) => tables.of(workspace, card),
    putDevice: (write) => writer.run(() => tables.put(write)),
    renameDevice: (workspace, card, id, title) =>
      writer.run(
        () =>
          database
            .prepare('update devices set title = ? where workspace = ? and card = ? and id = ?')
            .run(title, workspace, card, idBytes(id)).changes > 0,
      ),
    removeDevices: (workspace, card, ids) => writer.run(() => tables.remove(workspace, card, ids)),
    markRead: (workspace, recipient, delivery, at) =>
      writer.run(() => {
        const id = idBytes(delivery)
        const read = database
          .prepare(
            `update deliveries set read_at = ? where workspace = ? and recipient = ? and read_at is null and id in (
               select ?
               union select id from deliveries where workspace = ? and digest = ?
               union select o.id from deliveries d
                 join events e on e.workspace = d.workspace and e.id = d.event
                 join incidents i on i.workspace = d.workspace and i.key = e.incident
                 join deliveries o on o.workspace = d.workspace and o.event = i.opened_by
               where d.workspace = ? and d.id = ? and d.recipient = ?)`,
          )
          .run(...[at, workspace, recipient], id, ...[workspace, id], ...[workspace, id, recipient])
        return read.changes > 0
      }),
    keepMark: (name, value) =>
      writer.run(() => {
        database.prepare('insert into marks (name, value) values (?, ?) on conflict do nothing').run(name, value)
        return database.prepare('select value from marks where name = ?').get(name)!['value'] as Uint8Array
      }),
  }
}

const deviceRow = (row: Row): DeviceRow => ({
  id: idText(row['id'] as Uint8Array),
  account: Number(row['account']),
  session: row['session'] as string,
  endpoint: row['endpoint'] as string,
  p256dh: row['p256dh'] as string,
  auth: row['auth'] as Uint8Array,
  title: row['title'] as string,
  agent: row['agent'] as string | null,
  addedAt: Number(row['added_at']),
  usedAt: Number(row['used_at']),
})
