import type { Template } from '@nabat/api/configuration.ts'
import type { Language } from '@nabat/api/text.ts'
import type { Part } from '../../data/templates.ts'

/*
 * Which of several templates of a type is used: those of the channel before those of every channel, of these those of the
 * language before those of both; part by part, since a template need not have all of them.
 */

/** For which messages a template is. */
export type Scope = Pick<Template, 'channel' | 'language'>

const rank = ({ channel, language }: Scope): number =>
  (channel === undefined ? 2 : 0) + (language === undefined ? 1 : 0)

const overlaps = (one: Scope, other: Scope): boolean =>
  (one.channel === undefined || other.channel === undefined || one.channel === other.channel) &&
  (one.language === undefined || other.language === undefined || one.language === other.language)

/** Whether two templates are for the same messages. */
export const sameScope = (one: Scope, other: Scope): boolean =>
  one.channel === other.channel && one.language === other.language

/** The others that are used in place of this one for some of its messages, the most exact first. */
export const moreExact = <T extends Scope>(mine: Scope, others: readonly T[]): T[] =>
  others
    .filter((other) => rank(other) < rank(mine) && overlaps(mine, other))
    .toSorted((one, other) => rank(one) - rank(other))

/** The template a part comes from for a channel and language; undefined: the default words are used. */
export const winnerOf = <T extends Template>(
  part: Part,
  channel: string | undefined,
  language: Language,
  templates: readonly T[],
): T | undefined =>
  templates
    .filter(
      (each) =>
        each[part] !== undefined &&
        (each.channel === undefined || each.channel === channel) &&
        (each.language === undefined || each.language === language),
    )
    .toSorted((one, other) => rank(one) - rank(other))[0]

/** The template whose words a part without own words has; undefined: the default ones. */
export const inheritedFrom = <T extends Template>(
  part: Part,
  mine: Scope,
  language: Language,
  others: readonly T[],
): T | undefined =>
  winnerOf(
    part,
    mine.channel,
    language,
    others.filter((other) => rank(other) > rank(mine)),
  )
