/*
 * The way of an event as people read it in a terminal: the event, what every rule thought of it, and each message with
 * its attempts. Pure: what is drawn depends on nothing but its arguments.
 */
import type { Attempt, Delivery, DeliveryState, Trace, TracedEvent } from '@nabat/client'
import type { Language, Text } from '@nabat/api/text.ts'
import { reasonWords } from '../reasons.ts'
import { PLAIN, plain, type Paint } from './terminal.ts'

export interface DrawOptions {
  /** Rules that name other types too, one by one. */
  readonly all?: boolean
  readonly paint?: Paint
  /** IANA zone of the times; by default UTC. */
  readonly timeZone?: string
}

const SEVERITY: Readonly<Record<string, Text>> = {
  info: { ru: 'к сведению', en: 'info' },
  warning: { ru: 'предупреждение', en: 'warning' },
  critical: { ru: 'критическое', en: 'critical' },
}

/** `data` is shown for recognition, not for reading. */
const DATA_LENGTH = 200

/** The whole picture, lines joined by \n. */
export function drawTrace(event: TracedEvent, language: Language, options: DrawOptions = {}): string {
  const pen = new Pen(language, options)
  return [
    ...pen.event(event),
    '',
    ...pen.rules(event.trace, options.all === true),
    '',
    ...pen.deliveries(event.deliveries),
  ].join('\n')
}

const MARKS: Readonly<Record<DeliveryState, string>> = {
  waiting: '…',
  claimed: '…',
  sent: '✓',
  suppressed: '–',
  cancelled: '–',
  failed: '✗',
}
const ATTEMPTS = { sent: '✓', deferred: '↻', rejected: '✗' } as const

class Pen {
  readonly #language: Language
  readonly #paint: Paint
  readonly #zone: string
  readonly #day: Intl.DateTimeFormat
  readonly #clock: Intl.DateTimeFormat

  constructor(language: Language, { paint = PLAIN, timeZone = 'UTC' }: DrawOptions) {
    this.#language = language
    this.#paint = paint
    this.#zone = timeZone
    // The Swedish way of writing a time is the one of ISO 8601.
    this.#day = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium', timeZone })
    this.#clock = new Intl.DateTimeFormat('sv-SE', {
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      fractionalSecondDigits: 3,
      timeZone,
    })
  }

  event(event: TracedEvent): string[] {
    const { id, eventId, source, type, subject, severity, time, acceptedAt, actor, incident, data } = event
    const facts: [string, string | null][] = [
      [this.#say('номер', 'id'), id],
      [this.#say('источник', 'source'), eventId === id ? source : `${source} · ${eventId}`],
      [this.#say('принято', 'accepted'), time === acceptedAt ? null : this.#moment(acceptedAt)],
      [this.#say('тема', 'subject'), subject],
      [this.#say('действие', 'actor'), actor && [actor.user, actor.role].filter((each) => each !== null).join(', ')],
      [this.#say('инцидент', 'incident'), incident],
      [this.#say('данные', 'data'), shortened(JSON.stringify(data))],
    ]
    const head = [plain(type), SEVERITY[severity]![this.#language], `${this.#moment(time)} (${this.#zone})`]
    return [
      `${this.#paint.bold(head[0]!)} · ${head.slice(1).join(' · ')}`,
      ...facts.flatMap(([name, value]) => (value === null ? [] : [`  ${name.padEnd(9)} ${plain(value)}`])),
    ]
  }

  rules({ version, rules, alreadyTold, missing }: Trace, all: boolean): string[] {
    const lines = [this.#head('Правила', 'Rules', this.#say(`версия ${version}`, `version ${version}`))]
    let others = 0
    for (const { name, removed, result, reason, says } of rules) {
      if (reason === 'type' && !all) others += 1
      else
        lines.push(
          `  ${this.#mark(result === 'matched' ? '✓' : '✗')} ${plain(name)}${this.#gone(removed, 'удалено')} — ${plain(says)}`,
        )
    }
    if (others > 0)
      lines.push(
        this.#paint.faint(
          this.#say(
            `  ✗ правил о других типах: ${others} (показать: --all)`,
            `  ✗ rules about other types: ${others} (to see them: --all)`,
          ),
        ),
      )
    if (rules.length === 0) lines.push(this.#say('  правил нет', '  there are none'))
    for (const { rule, says } of alreadyTold) lines.push(`  – ${plain(rule)}: ${plain(says)}`)
    for (const { rule, says } of missing) lines.push(`  ${this.#paint.bad('!')} ${plain(rule)}: ${plain(says)}`)
    return lines
  }

  deliveries(deliveries: readonly Delivery[]): string[] {
    const lines = [this.#head('Сообщения', 'Messages')]
    if (deliveries.length === 0) lines.push(this.#say('  никому', '  to nobody'))
    for (const delivery of deliveries) lines.push(...this.#delivery(delivery, deliveries))
    return lines
  }

  #delivery(delivery: Delivery, others: readonly Delivery[]): string[] {
    const { state, says, rule, ruleRemoved, silence, insteadOf, behind, dueAt, attempts } = delivery
    const instead = others.find(({ id }) => id === insteadOf)
    const why = state === 'claimed' ? this.#say('отправляется', 'being sent') : says
    const about = [
      rule === null ? undefined : this.#say(`правило «${rule}»`, `rule "${rule}"`) + this.#gone(ruleRemoved, 'удалено'),
      silence === undefined ? undefined : this.#say(`тишина «${silence}»`, `silence "${silence}"`),
      insteadOf === null
        ? undefined
        : this.#say(
            `вместо ${instead ? this.#place(instead) : insteadOf}`,
            `instead of ${instead ? this.#place(instead) : insteadOf}`,
          ),
      behind === true
        ? this.#say('ждёт прежнего сообщения этого инцидента', 'waits for the earlier message of this incident')
        : undefined,
      state === 'waiting' && dueAt !== null && behind !== true
        ? this.#say(`не раньше ${this.#moment(dueAt)}`, `not before ${this.#moment(dueAt)}`)
        : undefined,
    ].filter((each) => each !== undefined)
    return [
      `  ${this.#mark(MARKS[state])} ${plain(this.#place(delivery))} — ${plain(why)}`,
      ...(about.length === 0 ? [] : [`      ${plain(about.join(' · '))}`]),
      ...attempts.map((attempt) => `      ${this.#attempt(attempt)}`),
    ]
  }

  #attempt({ at, tookMs, verdict, reason, detail, ambiguous }: Attempt): string {
    const what = {
      sent: this.#say('принято', 'taken'),
      deferred: this.#say('отложено', 'deferred'),
      rejected: this.#say('отклонено', 'rejected'),
    }[verdict]
    const why = reason === null ? '' : `: ${reasonWords(reason)[this.#language]}`
    const words = detail === null ? '' : ` (${detail})`
    const lost = ambiguous === true ? this.#say('; могло дойти', '; may have arrived') : ''
    const took = this.#say(`${tookMs} мс`, `${tookMs} ms`)
    const clock = this.#clock.format(new Date(at)).replace(',', '.')
    return `${this.#paint.faint(clock)} ${this.#mark(ATTEMPTS[verdict])} ${plain(`${what}${why}${words}${lost}`)}, ${took}`
  }

  /** Where a message goes: `duty-bot → -100123 topic 7`, with whom it is meant for where that is not the same. */
  #place({ channel, channelRemoved, destination, recipient }: Delivery): string {
    const by = channel === null ? null : `${channel}${this.#gone(channelRemoved, 'удалён')}`
    const where = [by, destination].filter((each) => each !== null).join(' → ')
    if (where === '') return recipient ?? '—'
    return recipient === null || recipient === destination ? where : `${where} (${recipient})`
  }

  /** Behind the name of what is not there any more. */
  #gone(removed: true | undefined, ru: 'удалён' | 'удалено'): string {
    return removed === true ? this.#say(` (${ru})`, ' (removed)') : ''
  }

  #head(ru: string, en: string, note?: string): string {
    return `${this.#paint.bold(this.#say(ru, en))}${note === undefined ? '' : this.#paint.faint(` (${note})`)}`
  }

  #mark(mark: string): string {
    return mark === '✓' ? this.#paint.good(mark) : mark === '✗' ? this.#paint.bad(mark) : mark
  }

  #moment(time: string): string {
    return this.#day.format(new Date(time))
  }

  #say(ru: string, en: string): string {
    return this.#language === 'ru' ? ru : en
  }
}

const shortened = (text: string): string => (text.length <= DATA_LENGTH ? text : `${text.slice(0, DATA_LENGTH)}…`)
