import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Section } from '@nabat/api/configuration.ts'
import { viewOf, type ViewParts } from '../../test/support/view.ts'
import type { EntityWrite } from '../store/store.ts'
import { toldChanges, type Saved, type ToldChange } from './told-changes.ts'
import type { WorkspaceView } from './view.ts'

const HOOK = { name: 'chat', kind: 'mattermost', url: '${secret:chat.url}' }
const IVAN = { login: 'ivan', name: 'Иван', roles: ['staff'], contacts: [{ channel: 'inbox' }] }
const RULE = { name: 'r', types: ['camera.*'], to: [{ user: 'ivan' }], enabled: true }

const write = (view: WorkspaceView, section: Section, key: string, entity: object | null): EntityWrite => ({
  ...{ section, key, id: view.rowByKey(section, key)?.id ?? null, origin: 'api' },
  body: entity === null ? null : JSON.stringify(entity),
})

/** What saving these entities tells; `null` removes one. */
function told(before: ViewParts, saves: [Section, string, object | null][], more: Partial<Saved> = {}): ToldChange[] {
  const view = viewOf(before)
  const writes = saves.map(([section, key, entity]) => write(view, section, key, entity))
  return toldChanges({ writes, settings: null, newSecrets: new Set(), version: 8, ...more }, view)
}

describe('what a save tells', () => {
  it('is what was changed, its value before and after, nested ones by their path', () => {
    const after = {
      ...RULE,
      enabled: false,
      types: ['camera.*', 'server.*'],
      to: [{ user: 'ivan' }, { role: 'admin' }],
    }
    expect(told({ rules: [RULE] }, [['rules', 'r', after]])).toEqual([
      {
        type: 'system.settings.changed',
        subject: 'r',
        data: {
          ...{ section: 'rules', name: 'r', action: 'changed', version: 8 },
          changes: [
            { field: 'types', from: ['camera.*'], to: ['camera.*', 'server.*'] },
            { field: 'to.1.role', to: 'admin' },
            { field: 'enabled', from: true, to: false },
          ],
        },
      },
    ])
  })

  it('of something new is what it is, of something removed what it was', () => {
    const [made] = told({}, [['groups', 'g', { name: 'g', users: ['a'] }]])
    expect(made!.data).toMatchObject({
      action: 'created',
      changes: [
        { field: 'name', to: 'g' },
        { field: 'users', to: ['a'] },
      ],
    })
    const [gone] = told({ groups: [{ name: 'g' }] }, [['groups', 'g', null]])
    expect(gone!.data).toMatchObject({ action: 'removed', changes: [{ field: 'name', from: 'g' }] })
  })

  it('of people are the events of users', () => {
    const saves: [Section, string, object | null][] = [
      ['users', 'ivan', { ...IVAN, name: 'Пётр' }],
      ['users', 'anna', { login: 'anna' }],
      ['users', 'gone', null],
    ]
    const before = { users: [IVAN, { login: 'gone', name: 'Был' }] }
    expect(told(before, saves)).toEqual([
      {
        type: 'user.edited',
        subject: 'ivan',
        data: { user: 'ivan', name: 'Пётр', roles: ['staff'], changes: [{ field: 'name', from: 'Иван', to: 'Пётр' }] },
      },
      { type: 'user.created', subject: 'anna', data: { user: 'anna' } },
      { type: 'user.deleted', subject: 'gone', data: { user: 'gone', name: 'Был' } },
    ])
  })

  it('of the workspace are its settings', () => {
    const settings = { timeZone: 'Asia/Omsk', title: 'Б' }
    const [one, ...others] = told({ workspace: { timeZone: 'Europe/Moscow', title: 'Б' } }, [], { settings })
    expect(others).toEqual([])
    expect(one!.data).toMatchObject({
      section: 'workspace',
      changes: [{ field: 'timeZone', from: 'Europe/Moscow', to: 'Asia/Omsk' }],
    })
  })

  it('names a secret that changed and not its value, even one an earlier version stored in plain', () => {
    const same = told({ channels: [HOOK] }, [['channels', 'chat', HOOK]], { newSecrets: new Set(['chat.url']) })
    expect(same[0]!.data['changes']).toEqual([{ field: 'url', from: '[secret]', to: '[secret]' }])
    const plain = { ...HOOK, url: 'https://chat.example.ru/hooks/S3CR3T' }
    const [moved] = told({ channels: [plain] }, [['channels', 'chat', { ...HOOK, channel: 'duty' }]])
    expect(moved!.data['changes']).toEqual([{ field: 'channel', to: 'duty' }])
    expect(told({ channels: [plain] }, [['channels', 'chat', HOOK]])).toEqual([])
  })

  it('is nothing when the file takes over what is there', () => {
    expect(told({ rules: [RULE] }, [['rules', 'r', RULE]])).toEqual([])
  })

  it.each([
    [50, 50],
    [51, 51],
    [2_000, 51],
  ])('of %i entities are %i events, the last of which counts the others', (entities, events) => {
    const saves = Array.from({ length: entities }, (_, n): [Section, string, object] => [
      'groups',
      `g${n}`,
      { name: `g${n}` },
    ])
    const all = told({}, saves)
    expect(all).toHaveLength(events)
    const counted = entities > 50 ? entities - 50 : undefined
    expect(all.at(-1)!.data['more']).toBe(counted)
    const withSettings = told({}, saves, { settings: { title: 'x' } })
    expect(withSettings.at(-1)!.data['more']).toBe(entities + 1 - 50)
  })

  it('fits the schema of its type and a message, whatever was saved', () => {
    const entity = fc.dictionary(fc.string({ maxLength: 300 }), fc.jsonValue({ maxDepth: 4 }))
    fc.assert(
      fc.property(
        entity,
        entity,
        fc.array(fc.string({ minLength: 500, maxLength: 600 }), { maxLength: 60 }),
        (was, is, long) => {
          const view = viewOf({ groups: [{ ...was, name: 'g' }] })
          const writes = [write(view, 'groups', 'g', { ...is, name: 'g', ...Object.fromEntries(long.entries()), long })]
          for (const { type, data } of toldChanges(
            { writes, settings: null, newSecrets: new Set(), version: 1 },
            view,
          )) {
            expect(view.dataProblems(view.type(type)!, data, '')).toEqual([])
            expect(JSON.stringify(data).length).toBeLessThan(20_000)
          }
        },
      ),
    )
  })
})
