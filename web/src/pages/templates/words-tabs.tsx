import { Tabs, VisuallyHidden } from '@mantine/core'
import type { TemplateMistake, VariablesReport } from '@nabat/api/template-preview.ts'
import { IconAlertTriangle, IconPencil } from '@tabler/icons-react'
import { useEffect, useRef } from 'react'
import { PARTS, type Part } from '../../data/templates.ts'
import { useWords } from '../../i18n.ts'
import { templateWords } from '../../words/templates.ts'
import { Mistakes } from './mistakes.tsx'
import { PartEditor } from './part-editor.tsx'
import type { TemplateForm } from './template-form.ts'
import { PART_WORD } from './template-words.tsx'
import { inheritedFrom } from './which-wins.ts'
import type { EditorHandle } from './words-editor.tsx'

interface WordsTabsProps {
  readonly template: TemplateForm
  readonly report: VariablesReport
  readonly part: Part
  readonly setPart: (part: Part) => void
}

const NONE: readonly TemplateMistake[] = []

/** The three parts of a template, each with its editor. */
export function WordsTabs({ template, report, part, setPart }: WordsTabsProps) {
  const t = useWords(templateWords)
  const { entityForm, others, language, locked, preview } = template
  const { form } = entityForm
  const { values, errors } = form
  const mistakes = preview.data?.mistakes ?? NONE
  const editor = useRef<EditorHandle>(null)
  const wanted = useRef<TemplateMistake>(undefined)
  const goTo = (mistake: TemplateMistake): void => {
    if (mistake.part === part) return editor.current?.goTo(mistake.line, mistake.column)
    wanted.current = mistake
    setPart(mistake.part)
  }
  // By then its editor is there.
  useEffect(() => {
    const { line, column } = wanted.current ?? {}
    wanted.current = undefined
    if (line !== undefined && column !== undefined) editor.current?.goTo(line, column)
  }, [part])
  const scope = {
    ...(values.channel === '' ? {} : { channel: values.channel }),
    ...(values.language === '' ? {} : { language: values.language }),
  }
  const other = inheritedFrom(part, scope, language, others)
  return (
    <section aria-label={t('wordsOf')}>
      <Tabs value={part} onChange={(value) => setPart((value ?? 'text') as Part)}>
        <Tabs.List aria-label={t('wordsOf')}>
          {PARTS.map((each) => (
            <Tabs.Tab
              key={each}
              value={each}
              rightSection={
                <TabMark
                  isOwn={values[each] !== null}
                  isWrong={mistakes.some((mistake) => mistake.part === each && mistake.level === 'error')}
                />
              }
            >
              {t(PART_WORD[each])}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {PARTS.map((each) => (
          <Tabs.Panel key={each} value={each}>
            {each === part && (
              <PartEditor
                key={each}
                ref={editor}
                part={each}
                value={values[each]}
                inherited={other?.[each] ?? report.defaults[each]}
                inheritedFrom={other?.name}
                onChange={(text) => form.setFieldValue(each, text)}
                report={report}
                mistakes={mistakes}
                error={errors[each]}
                locked={locked !== undefined}
              />
            )}
          </Tabs.Panel>
        ))}
      </Tabs>
      <Mistakes mistakes={mistakes} goTo={goTo} />
    </section>
  )
}

/** Beside the name of a part: that it has own words, or a mistake. */
function TabMark({ isOwn, isWrong }: { readonly isOwn: boolean; readonly isWrong: boolean }) {
  const t = useWords(templateWords)
  if (!isOwn && !isWrong) return null
  const Shape = isWrong ? IconAlertTriangle : IconPencil
  return (
    <>
      <Shape size={16} aria-hidden color={isWrong ? 'var(--nabat-critical)' : 'var(--nabat-quiet)'} />
      <VisuallyHidden>{t(isWrong ? 'wrongPart' : 'own')}</VisuallyHidden>
    </>
  )
}
