import { describe, expect, it } from 'vitest'
import type { ConfigurationWrite, EntityWrite, Store } from '../store.ts'
import { accept, count, event, NOW, request } from './rows.ts'
import { freshStore, STORES } from './stores.ts'

const write = (some: Partial<ConfigurationWrite>): ConfigurationWrite => ({
  workspace: 1,
  expect: 0,
  at: NOW,
  by: 'ivan',
  comment: null,
  entities: [],
  settings: null,
  secrets: [],
  file: null,
  lookAgain: [],
  ...some,
})

const user = (login: string, some: Partial<EntityWrite> = {}): EntityWrite => ({
  section: 'users',
  id: null,
  key: login,
  body: JSON.stringify({ login }),
  origin: 'api',
  ...some,
})

/** Writes and fails on a conflict. */
async function save(
  store: Store,
  some: Partial<ConfigurationWrite>,
): Promise<{ version: number; ids: readonly number[] }> {
  const result = await store.writeConfiguration(write(some))
  if (result === 'conflict') throw new Error('conflict')
  return result
}

const changes = async (store: Store): Promise<unknown[]> =>
  (
    await store.read({
      sql: 'select version, by, section, key, before, after, comment from changes order by version, n',
      parameters: [],
    })
  ).map((row) => Object.values(row))

describe.each(STORES)('the configuration, $name', (kind) => {
  it('is written in one step that raises the version once, and is read by what changed since', async () => {
    const { store } = await freshStore(kind)
    const { version, ids } = await save(store, {
      entities: [user('ivan'), user('olga', { origin: 'file' })],
      settings: '{"title":"x"}',
      file: '{"users":["olga"]}',
    })
    expect([version, ids.length, new Set(ids).size]).toEqual([1, 2, 2])
    const { workspace, entities, destinations } = await store.configurationSince(1, 0)
    expect(workspace).toEqual({
      id: 1,
      name: 'default',
      settings: '{"title":"x"}',
      version: 1,
      file: '{"users":["olga"]}',
      blocked: null,
      removedAt: null,
    })
    expect(entities).toEqual([
      {
        section: 'users',
        id: ids[0],
        key: 'ivan',
        body: '{"login":"ivan"}',
        origin: 'api',
        version: 1,
        removed: false,
      },
      {
        section: 'users',
        id: ids[1],
        key: 'olga',
        body: '{"login":"olga"}',
        origin: 'file',
        version: 1,
        removed: false,
      },
    ])
    expect(destinations).toEqual([])
    expect((await store.configurationSince(1, 1)).entities).toEqual([])
  })

  it('gives what was changed and what was removed to those who knew it, and only what there is to those who are new', async () => {
    const { store } = await freshStore(kind)
    const {
      ids: [ivan, olga],
    } = await save(store, { entities: [user('ivan'), user('olga')] })
    await save(store, {
      expect: 1,
      entities: [
        user('ivan', { id: ivan!, key: 'ivan2', body: '{"login":"ivan2"}' }),
        user('olga', { id: olga!, body: null }),
      ],
    })
    const told = async (since: number) =>
      (await store.configurationSince(1, since)).entities.map(({ key, removed }) => [key, removed])
    expect(await told(1)).toEqual([
      ['ivan2', false],
      ['olga', true],
    ])
    expect(await told(0)).toEqual([['ivan2', false]])
  })

  it('gives the name of what was removed to somebody new, under another number', async () => {
    const { store } = await freshStore(kind)
    const {
      ids: [first],
    } = await save(store, { entities: [user('ivan')] })
    await save(store, { expect: 1, entities: [user('ivan', { id: first!, body: null })] })
    const {
      ids: [second],
    } = await save(store, { expect: 2, entities: [user('ivan')] })
    expect(second).not.toBe(first)
    await expect(store.writeConfiguration(write({ expect: 3, entities: [user('ivan')] }))).rejects.toThrow()
  })

  it('lets two entities change names with each other', async () => {
    const { store } = await freshStore(kind)
    const {
      ids: [a, b],
    } = await save(store, { entities: [user('a'), user('b')] })
    await save(store, { expect: 1, entities: [user('b', { id: a! }), user('a', { id: b! })] })
    expect((await store.configurationSince(1, 1)).entities.map(({ id, key }) => [id, key])).toEqual([
      [a, 'b'],
      [b, 'a'],
    ])
  })

  it('refuses what was worked out against another version, and writes nothing of it', async () => {
    const { store } = await freshStore(kind)
    await save(store, { entities: [user('ivan')] })
    expect(
      await store.writeConfiguration(
        write({
          expect: 0,
          entities: [user('olga')],
          settings: '{"a":1}',
          secrets: [{ name: 's', sealed: Uint8Array.of(1) }],
        }),
      ),
    ).toBe('conflict')
    expect(await store.writeConfiguration(write({ workspace: 99 }))).toBe('conflict')
    expect([await count(store, 'entities'), await count(store, 'changes'), await count(store, 'secrets')]).toEqual([
      1, 1, 0,
    ])
    expect((await store.configurationSince(1, 0)).workspace).toMatchObject({ version: 1, settings: '{}' })
  })

  it('of several that are written at once lets one through', async () => {
    const { store } = await freshStore(kind)
    const results = await Promise.all(
      ['a', 'b', 'c'].map((login) => store.writeConfiguration(write({ entities: [user(login)] }))),
    )
    expect(results.filter((result) => result !== 'conflict')).toHaveLength(1)
    expect(await count(store, 'entities')).toBe(1)
  })

  it('leaves a row of every change: who, why, before and after', async () => {
    const { store } = await freshStore(kind)
    const {
      ids: [ivan],
    } = await save(store, { entities: [user('ivan')], settings: '{"title":"x"}', comment: 'first' })
    await save(store, {
      expect: 1,
      by: 'file',
      entities: [user('ivan', { id: ivan!, body: '{"login":"ivan","name":"И"}', origin: 'file' })],
    })
    await save(store, { expect: 2, entities: [user('ivan', { id: ivan!, body: null })] })
    expect(await changes(store)).toEqual([
      [1, 'ivan', 'workspace', 'default', '{}', '{"title":"x"}', 'first'],
      [1, 'ivan', 'users', 'ivan', null, '{"login":"ivan"}', 'first'],
      [2, 'file', 'users', 'ivan', '{"login":"ivan"}', '{"login":"ivan","name":"И"}', null],
      [3, 'ivan', 'users', 'ivan', '{"login":"ivan","name":"И"}', null, null],
    ])
  })

  it('leaves no row of what did not change', async () => {
    const { store } = await freshStore(kind)
    const {
      ids: [ivan],
    } = await save(store, { entities: [user('ivan')], settings: '{"title":"x"}' })
    await save(store, {
      expect: 1,
      entities: [user('ivan', { id: ivan!, origin: 'file' })],
      settings: '{"title":"x"}',
      file: '{}',
    })
    expect(await changes(store)).toHaveLength(2)
    expect((await store.configurationSince(1, 1)).entities[0]!.origin).toBe('file')
  })

  it('keeps secrets by name, the last value of each', async () => {
    const { store } = await freshStore(kind)
    const other = await store.createWorkspace('other', '{}')
    await save(store, { secrets: [{ name: 'mail.auth.password', sealed: Uint8Array.of(1, 2) }] })
    await save(store, {
      expect: 1,
      secrets: [
        { name: 'mail.auth.password', sealed: Uint8Array.of(3) },
        { name: 'b', sealed: Uint8Array.of(4) },
      ],
    })
    expect((await store.secrets(1)).map(({ name, sealed }) => [name, ...sealed])).toEqual([
      ['b', 4],
      ['mail.auth.password', 3],
    ])
    expect(await store.secrets(other)).toEqual([])
  })

  it('decides in one order with events: what is accepted after a save was routed by it', async () => {
    const { store } = await freshStore(kind)
    const [before, saved, after] = await Promise.all([
      store.accept(request([event()])),
      store.writeConfiguration(write({ entities: [user('ivan')] })),
      store.accept(request([event()])),
    ])
    expect([before === 'stale', saved === 'conflict', after]).toEqual([false, false, 'stale'])
    expect((await accept(store, [event()], { version: 1 })).events).toHaveLength(1)
  })

  it('of one workspace is nothing to another', async () => {
    const { store } = await freshStore(kind)
    const other = await store.createWorkspace('other', '{"title":"o"}')
    await save(store, { entities: [user('ivan')] })
    expect((await store.configurationSince(other, 0)).entities).toEqual([])
    expect((await store.workspaces()).map(({ id, name, version, settings }) => [id, name, version, settings])).toEqual([
      [1, 'default', 1, '{}'],
      [other, 'other', 0, '{"title":"o"}'],
    ])
    await save(store, { workspace: other, entities: [user('ivan')] })
    await expect(store.createWorkspace('other', '{}')).rejects.toThrow()
    await expect(store.configurationSince(99, 0)).rejects.toThrow('no workspace 99')
  })
})
