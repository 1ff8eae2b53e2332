import { PARTS, type Part, type StoredTemplate } from '../../data/templates.ts'
import { useWords, type WordKey } from '../../i18n.ts'
import { templateWords } from '../../words/templates.ts'

/** What the parts are called. */
export const PART_WORD: Readonly<Record<Part, WordKey<typeof templateWords.ru>>> = {
  title: 'title',
  text: 'shortText',
  letter: 'letter',
}

/** For whom a template is, and which parts it has: `Почта · русский: заголовок, письмо`. */
export function PartsAndScope({ template }: { readonly template: StoredTemplate }) {
  const t = useWords(templateWords)
  const { channel, language } = template
  const scope = [
    channel ?? t('allChannels'),
    language === undefined ? t('bothLanguages') : t(language === 'ru' ? 'russian' : 'english'),
  ]
  const parts = PARTS.filter((part) => template[part] !== undefined).map((part) => t(PART_WORD[part]).toLowerCase())
  return (
    <>
      {scope.join(' · ')}: {parts.join(', ')}
    </>
  )
}
