import { Textarea } from '@mantine/core'
import { useState } from 'react'
import { same } from '../../data/difference.ts'
import { useWords } from '../../i18n.ts'
import { conditionWords } from '../../words/conditions.ts'
import classes from './condition-builder.module.css'

interface ConditionTextProps {
  readonly value: unknown
  readonly onChange: (value: unknown) => void
  readonly error: React.ReactNode
}

const written = (value: unknown): string =>
  value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value, null, 2)

/** The condition that a text says. What is no JSON is handed on as it is, so that it is never saved unnoticed. */
function read(text: string): { value: unknown; why?: string } {
  if (text.trim() === '') return { value: undefined }
  try {
    return { value: JSON.parse(text) as unknown }
  } catch (error) {
    return { value: text, why: (error as Error).message }
  }
}

/** A condition as the JSON that the API takes. */
export function ConditionText({ value, onChange, error }: ConditionTextProps) {
  const t = useWords(conditionWords)
  const [text, setText] = useState(() => written(value))
  const typed = read(text)
  // Changed from elsewhere, such as by taking another version.
  const shown = same(typed.value, value) ? text : written(value)
  return (
    <Textarea
      className={classes['text'] ?? ''}
      label={t('asText')}
      description={t('asTextHint')}
      autosize
      minRows={3}
      maxRows={24}
      spellCheck={false}
      value={shown}
      onChange={({ currentTarget }) => {
        setText(currentTarget.value)
        onChange(read(currentTarget.value).value)
      }}
      error={error ?? (typed.why !== undefined && shown === text ? t('badJson', { why: typed.why }) : undefined)}
    />
  )
}
