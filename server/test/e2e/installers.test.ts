import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startHouse, type House } from '../support/house.ts'

/*
 * Two installers on one order, each told in his own chat through a rule of his own: what admin and support do with the
 * orders he is an assignee of; nothing of other orders, nothing done by the warehouse; an order taken from him once.
 */

const CHATS = { MOW_15_S_1: '-1001', MOW_15_S_2: '-1002', MOW_15_S_3: '-1003' } as const
type Installer = keyof typeof CHATS

const ACTIONS = `
    actions:
      admin: [workorder.created, workorder.assigned, workorder.handed.over, workorder.unassigned, workorder.status.changed, workorder.field.changed]
      support: [workorder.created, workorder.assigned, workorder.handed.over, workorder.unassigned, workorder.status.changed, workorder.field.changed]`

let house: House
beforeAll(async () => {
  house = await startHouse(
    `rules:${Object.entries(CHATS)
      .map(
        ([login, chat]) => `
  - name: orders of ${login}${ACTIONS}
    when: { field: data.assignees, op: contains, value: ${login} }
    to: [{ channel: ${login}, chat: "${chat}" }]`,
      )
      .join('')}`,
    // A bot for each, so that the test does not wait for the budget of one.
    Object.keys(CHATS)
      .map(
        (login, index) => `  - { name: ${login}, kind: telegram, token: "${3000 + index}:AAH", apiRoot: "TELEGRAM" }`,
      )
      .join('\n'),
  )
})
afterAll(() => house[Symbol.asyncDispose]())

const told = (login: Installer): string[] =>
  house.telegram.messages.filter(({ chat }) => chat === CHATS[login]).map(({ text }) => text)

/** Does something with an order and says who was told of it. */
async function act(
  step: string,
  role: string,
  assignees: Installer[],
  order = '118',
  data: object = {},
): Promise<string[]> {
  const more = { actor: { user: `${role}1`, role } }
  const event = await house.post(
    `workorder.${step}`,
    { workorder: order, number: `ЗН-${order}`, assignees, ...data },
    more,
  )
  const all = await house.settled(event)
  expect(all.map(({ state }) => state)).toEqual(all.map(() => 'sent'))
  return all.map(({ channel }) => channel).sort()
}

describe('an order of two installers', { timeout: 30_000 }, () => {
  it('is told to each in his own chat when it is handed to them, and to nobody else', async () => {
    expect(await act('created', 'admin', ['MOW_15_S_1', 'MOW_15_S_2'])).toEqual(['MOW_15_S_1', 'MOW_15_S_2'])
    expect(told('MOW_15_S_1')).toHaveLength(1)
    expect(told('MOW_15_S_2')).toHaveLength(1)
    expect(told('MOW_15_S_1')[0]).toContain('ЗН-118')
    expect(told('MOW_15_S_3')).toEqual([])
  })

  it('changes of status and fields by admin and support are told to both', async () => {
    const both = ['MOW_15_S_1', 'MOW_15_S_2'] as Installer[]
    expect(await act('status.changed', 'support', both, '118', { status: 'В работе' })).toEqual(both)
    expect(told('MOW_15_S_2').at(-1)).toContain('В работе')
    const changes = [{ field: 'priority', from: 'Обычный', to: 'Высокий' }]
    expect(await act('field.changed', 'admin', both, '118', { changes })).toEqual(both)
    expect(told('MOW_15_S_1').at(-1)).toContain('Высокий')
  })

  it('what the warehouse, an installer or nobody in particular does is not sent', async () => {
    const before = house.telegram.messages.length
    for (const role of ['warehouse', 'installer', 'dispatcher'])
      expect(await act('status.changed', role, ['MOW_15_S_1', 'MOW_15_S_2'], '118', { status: 'Ждёт' })).toEqual([])
    const event = await house.post('workorder.status.changed', { workorder: '118', assignees: ['MOW_15_S_1'] })
    expect(await house.deliveries(event)).toEqual([])
    // The steps that are not ticked are not sent either.
    expect(await act('commented', 'admin', ['MOW_15_S_1'], '118', { comment: 'x' })).toEqual([])
    expect(house.telegram.messages.length).toBe(before)
  })

  it("nothing of others' orders", async () => {
    expect(await act('created', 'admin', ['MOW_15_S_3'], '119')).toEqual(['MOW_15_S_3'])
    expect(await act('status.changed', 'support', ['MOW_15_S_3'], '119', { status: 'В работе' })).toEqual([
      'MOW_15_S_3',
    ])
    for (const login of ['MOW_15_S_1', 'MOW_15_S_2'] as const) expect(told(login).join('\n')).not.toContain('ЗН-119')
  })

  it('handed over later counts as new to the one who gets it', async () => {
    expect(told('MOW_15_S_3').join('\n')).not.toContain('ЗН-118')
    const previous = { previousAssignees: ['MOW_15_S_1'] }
    expect(await act('handed.over', 'admin', ['MOW_15_S_2', 'MOW_15_S_3'], '118', previous)).toEqual([
      'MOW_15_S_2',
      'MOW_15_S_3',
    ])
    expect(told('MOW_15_S_3').at(-1)).toContain('ЗН-118')
  })

  it('taken away is told once to the one it was taken from, and nothing after', async () => {
    expect(await act('unassigned', 'admin', ['MOW_15_S_1'])).toEqual(['MOW_15_S_1'])
    expect(told('MOW_15_S_1').at(-1)).toContain('ЗН-118')
    const count = told('MOW_15_S_1').length
    expect(await act('status.changed', 'support', ['MOW_15_S_2', 'MOW_15_S_3'], '118', { status: 'Готово' })).toEqual([
      'MOW_15_S_2',
      'MOW_15_S_3',
    ])
    expect(told('MOW_15_S_1')).toHaveLength(count)
  })
})
