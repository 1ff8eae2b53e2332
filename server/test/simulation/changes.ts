import { entryOf, FIRST_COMPANY, nameOf, type Company, type Edit } from './company.ts'
import type { Dice } from './random.ts'

interface Change {
  /** In words, for the story of a life. */
  readonly says: string
  readonly edits: readonly Edit[]
}

const MINUTE = 60_000
const SWITCHED = ['hook', 'mail', 'post', 'other']
const PEOPLE = FIRST_COMPANY.users.map(nameOf)
const RULES = FIRST_COMPANY.rules.map(nameOf)

/** Something somebody changes in the company as it is. */
export function changeOf(random: Dice, company: Company, now: number): Change {
  const off = company.channels.find(({ enabled }) => enabled === false)
  if (off !== undefined && random.chance(0.5)) return switched(off, true)
  return random.pick([ofRule, ofRule, ofChannel, ofSpare, ofPerson, ofPerson, ofSilence, ofGroup])(random, company, now)
}

function ofRule(random: Dice, company: Company): Change {
  const name = random.pick(RULES)
  const rule = entryOf(company, 'rules', name)
  const first = entryOf(FIRST_COMPANY, 'rules', name)!
  const edit = (says: string, entry: Edit['entry']): Change => ({
    says: `rule "${name}" ${says}`,
    edits: [{ section: 'rules', name, entry }],
  })
  // A rule about what was removed stays away until that is back.
  if (name === 'spare' && entryOf(company, 'channels', 'spare') === undefined) return { says: 'nothing', edits: [] }
  if (rule === undefined) return edit('is added again', first)
  if (random.chance(0.3)) return edit('is deleted', null)
  if (rule['enabled'] === false) return edit('is switched on', { ...rule, enabled: true })
  if (random.chance(0.4)) return edit('is switched off', { ...rule, enabled: false })
  const warnings = { field: 'severity', op: 'in', value: ['warning', 'critical'] }
  return rule['when'] === undefined
    ? edit('wants no infos any more', { ...rule, when: warnings })
    : edit('is as in the beginning', first)
}

function ofChannel(random: Dice, company: Company): Change {
  const channel = entryOf(company, 'channels', random.pick(SWITCHED))!
  return switched(channel, channel['enabled'] === false)
}

const switched = (channel: Company['channels'][number], on: boolean): Change => ({
  says: `channel "${nameOf(channel)}" is switched ${on ? 'on' : 'off'}`,
  edits: [{ section: 'channels', name: nameOf(channel), entry: { ...channel, enabled: on } }],
})

/** A channel that is taken out with its rule, and comes back as another of the same name. */
function ofSpare(_random: Dice, company: Company): Change {
  const there = entryOf(company, 'channels', 'spare') !== undefined
  const entry = (section: 'channels' | 'rules'): Edit['entry'] =>
    there ? null : entryOf(FIRST_COMPANY, section, 'spare')!
  return {
    says: `channel and rule "spare" ${there ? 'are removed' : 'are back'}`,
    edits: (['channels', 'rules'] as const).map((section) => ({ section, name: 'spare', entry: entry(section) })),
  }
}

function ofPerson(random: Dice, company: Company): Change {
  const name = random.pick(PEOPLE)
  const person = entryOf(company, 'users', name)!
  const edit = (says: string, entry: Edit['entry']): Change => ({
    says: `${name} ${says}`,
    edits: [{ section: 'users', name, entry }],
  })
  if (person['enabled'] === false) return edit('is back', { ...person, enabled: true })
  switch (random.pick(['leaves', 'moves', 'moves', 'hours', 'hours', 'preference'])) {
    case 'leaves':
      return edit('leaves', { ...person, enabled: false })
    case 'moves': {
      const timeZone = random.pick(['Europe/Moscow', 'Europe/Berlin', 'Asia/Kathmandu', 'Asia/Yekaterinburg'])
      return edit(`moves to ${timeZone}`, { ...person, timeZone })
    }
    case 'preference': {
      const preferences = { cameras: { bot: false } }
      return edit('wants no cameras by the bot', { ...person, preferences })
    }
    default: {
      const quietHours = {
        from: random.pick(['20:00', '22:30', '00:00']),
        to: random.pick(['05:00', '07:30', '10:15']),
      }
      return edit(`is not to be disturbed from ${quietHours.from} to ${quietHours.to}`, { ...person, quietHours })
    }
  }
}

function ofSilence(random: Dice, company: Company, now: number): Change {
  const there = company.silences[0]
  if (there !== undefined && random.chance(0.5))
    return {
      says: `silence "${nameOf(there)}" ends`,
      edits: [{ section: 'silences', name: nameOf(there), entry: null }],
    }
  const type = random.pick(['camera.unavailable', 'server.unavailable', 'call.missed'])
  const until = new Date(now + random.whole(1, 120) * MINUTE).toISOString()
  const name = `works on ${type}`
  return {
    says: `silence "${name}" begins, until ${until}`,
    edits: [
      {
        section: 'silences',
        name,
        entry: { name, when: { field: 'type', op: 'eq', value: type }, comment: 'works', until },
      },
    ],
  }
}

function ofGroup(random: Dice, company: Company): Change {
  const users = PEOPLE.filter(() => random.chance(0.5))
  const group = entryOf(company, 'groups', 'shift')!
  return {
    says: `the shift is ${users.join(', ') || 'nobody'}`,
    edits: [{ section: 'groups', name: 'shift', entry: { ...group, users } }],
  }
}
