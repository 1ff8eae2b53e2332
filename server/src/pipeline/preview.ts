/*
 * Words that are being written, tried on an event: made into a message by the renderer and shown by the channels exactly as
 * in a delivery. Nothing is stored.
 */
import { typeByName } from '@nabat/api/catalog/catalog.ts'
import type { EventType } from '@nabat/api/catalog/event-type.ts'
import type { ChannelKindName } from '@nabat/api/channel.ts'
import type { LetterLook, Template } from '@nabat/api/configuration.ts'
import type { Language } from '@nabat/api/text.ts'
import type { ChannelKind, Message, Shown } from '../channels/channel.ts'
import type { WorkspaceView } from '../configuration/view.ts'
import type { MakeId } from '../ids.ts'
import { digestType } from '../render/digest.ts'
import { sanitizeInline, toPlain } from '../render/markup.ts'
import { NotMjml, type OwnWords, type Reader, type RenderedMessage } from '../render/message.ts'
import { mistakeOf, readingMistakes, type Mistake } from '../render/mistakes.ts'
import { stormType } from '../render/storm.ts'
import { isGathering, unknownNames } from '../render/variables.ts'
import type { Part } from '../render/words.ts'
import type { ClaimedRow, EventRow } from '../store/store.ts'
import type { Renderer } from './render.ts'
import { exampleOf } from './rule-test.ts'

const PARTS: readonly Part[] = ['title', 'text', 'letter']

/** What is tried. */
export interface Tried {
  readonly type: EventType
  readonly words: Partial<Record<Part, string>>
  /** Id of the template that is edited, whose saved words are left aside. */
  readonly instead?: number | undefined
  /** Name of a channel whose own words fill in what is not given. */
  readonly channel: string
  readonly reader: Reader & { readonly language: Language }
  readonly event: EventRow
  /** How letters would look; undefined: as they do. */
  readonly look?: LetterLook | undefined
}

/** What came of it. */
export interface Preview {
  readonly message: RenderedMessage
  /** What each kind of channel makes of it; nothing of those that send the message itself. */
  readonly shown: Readonly<Partial<Record<ChannelKindName, Shown>>>
  readonly text: string
  readonly plain: string
  readonly mistakes: readonly Mistake[]
  readonly tookMs: number
}

/** A type by its name; words of several events are no type of the catalogue, but have names as well. */
export function wordedType(name: string, view: WorkspaceView): EventType | undefined {
  return [digestType, stormType].find((type) => type.name === name) ?? view.type(name)
}

/** An event that the words of a type can be tried on. */
export const exampleEvent = (type: EventType, now: number, makeId: MakeId): EventRow =>
  exampleOf(isGathering(type) ? typeByName.get(GATHERED[0])! : type, now, makeId)

const GATHERED = ['camera.unavailable', 'camera.available', 'server.unavailable'] as const
const MINUTE_MS = 60_000

/** The events that words for several of them are tried on: the given one, and some before it. */
function gatheredWith(event: EventRow, makeId: MakeId): EventRow[] {
  const others = GATHERED.flatMap((name) => typeByName.get(name) ?? [])
  const before = others.map((type, index) => exampleOf(type, event.time - (others.length - index) * MINUTE_MS, makeId))
  return [...before, event]
}

/** Tries words on an event. */
export async function previewOf(
  { type, words, instead, channel, reader, event, look }: Tried,
  view: WorkspaceView,
  renderer: Renderer,
  makeId: MakeId,
): Promise<Preview> {
  const written: Template = { name: '', type: type.name, ...words }
  const saved = view.ownTemplates(type.name, channel, reader.language).filter(({ id }) => id !== instead)
  const own: OwnWords[] = [{ id: null, version: view.version, template: written }, ...saved]
  const gathered = isGathering(type) ? gatheredWith(event, makeId) : []
  const row = rowOf(event, view, makeId)
  const message = await renderer.message(
    {
      ...{ row, type, own, view, reader, gathered, look, attachments: [], silent: false },
      ...(gathered.length > 0 ? { list: renderer.listOf(row) } : {}),
    },
    true,
  )
  const beganAt = performance.now()
  for (const part of PARTS) void message[part]
  const tookMs = performance.now() - beganAt
  return {
    message,
    shown: await shownBy(message, view),
    text: sanitizeInline(message.text),
    plain: toPlain(message.text),
    mistakes: mistakesOf(words, type, message),
    tookMs,
  }
}

async function shownBy(message: Message, view: WorkspaceView): Promise<Preview['shown']> {
  const kinds = Object.values(view.kinds) as Pick<ChannelKind, 'kind' | 'shows'>[]
  return Object.fromEntries(
    await Promise.all(kinds.map(async ({ kind, shows }) => [kind, await shows?.(message)] as const)),
  ) as Preview['shown']
}

/** The row the pipeline would claim for it, were it a delivery. */
const rowOf = (event: EventRow, view: WorkspaceView, makeId: MakeId): ClaimedRow => ({
  ...{ workspace: view.id, delivery: makeId(), destination: 0, channel: 0, address: {} },
  ...{ disabled: null, rule: -1, recipient: null, insteadOf: null, priority: event.severity, suspect: false },
  ...{ waitedFor: null, step: 0, living: false, digest: false, attempts: 0, expiresAt: Infinity, event },
  ...{ version: view.version, incident: null, followed: false, follows: false, answered: null },
})

/** Everything that is wrong with what was written, part by part; of what cannot even be read, that alone. */
function mistakesOf(words: Tried['words'], type: EventType, message: RenderedMessage): Mistake[] {
  return PARTS.flatMap((part) => {
    const source = words[part]
    if (source === undefined) return []
    const { mistakes, parsed } = readingMistakes(part, source)
    if (parsed === null) return mistakes
    const failed = message.failures.filter((each) => each.part === part && each.words.id === null)
    return [
      ...failed.flatMap(({ error }) => (error instanceof NotMjml ? error.mistakes : [mistakeOf(part, source, error)])),
      ...(part === 'letter' && message.note === 'letter_plain' ? [notCompiled] : []),
      ...unknownNames(part, source, parsed, type, message.context),
    ]
  })
}

const notCompiled: Mistake = {
  ...{ part: 'letter', level: 'error', line: 1, column: 1 },
  message: {
    ru: 'Письмо не удалось собрать за отведённое время: упростите его или попробуйте ещё раз через минуту',
    en: 'The letter could not be compiled in time: make it simpler, or try again in a minute',
  },
}
