import type { Template } from '@nabat/api/configuration.ts'
import { Difference } from '../../components/difference.tsx'
import type { Path } from '../../data/difference.ts'
import { useWords, type WordKey } from '../../i18n.ts'
import { templateWords } from '../../words/templates.ts'

const LABELS: Readonly<Record<string, WordKey<typeof templateWords.ru>>> = {
  name: 'name',
  type: 'type',
  channel: 'channel',
  language: 'language',
  title: 'title',
  text: 'shortText',
  letter: 'letter',
}

interface TemplateDifferenceProps {
  readonly before: Template | null
  readonly after: Template | null
}

/** What differs between two versions of words. */
export function TemplateDifference({ before, after }: TemplateDifferenceProps) {
  const t = useWords(templateWords)
  const label = ([field]: Path): string | undefined => {
    const word = LABELS[String(field)]
    return word === undefined ? undefined : t(word)
  }
  return (
    <Difference
      before={before}
      after={after}
      label={label}
      value={(value) => (typeof value === 'string' ? value : undefined)}
    />
  )
}
