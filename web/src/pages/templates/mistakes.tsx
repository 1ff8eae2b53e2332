import { Alert, Box } from '@mantine/core'
import type { TemplateMistake } from '@nabat/api/template-preview.ts'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useWords } from '../../i18n.ts'
import { templateWords } from '../../words/templates.ts'
import classes from './preview.module.css'
import { PART_WORD } from './template-words.tsx'

interface MistakesProps {
  readonly mistakes: readonly TemplateMistake[]
  readonly goTo: (mistake: TemplateMistake) => void
}

/** What is wrong with the words, and what is doubtful, with the way to each place. Read aloud as it changes. */
export function Mistakes({ mistakes, goTo }: MistakesProps) {
  const t = useWords(templateWords)
  const isWrong = mistakes.some(({ level }) => level === 'error')
  return (
    <Box mt="sm" role="status">
      {mistakes.length > 0 && (
        <Alert
          color={isWrong ? 'red' : 'yellow'}
          variant="light"
          role="none"
          icon={<IconAlertTriangle aria-hidden />}
          title={t(isWrong ? 'mistakes' : 'doubts')}
        >
          <ul className="plain">
            {mistakes.map((mistake, index) => (
              <li key={index}>
                <button type="button" className={classes['mistake']} onClick={() => goTo(mistake)}>
                  {t('inPart', { part: t(PART_WORD[mistake.part]), line: mistake.line, column: mistake.column })}
                </button>{' '}
                {mistake.message}
              </li>
            ))}
          </ul>
        </Alert>
      )}
    </Box>
  )
}
