import { Badge, Button, Group, Stack, Text } from '@mantine/core'
import { IconArrowBackUp } from '@tabler/icons-react'
import type { TemplateMistake, VariablesReport } from '@nabat/api/template-preview.ts'
import { useId, useImperativeHandle, useRef, type Ref } from 'react'
import type { Part } from '../../data/templates.ts'
import { useWords } from '../../i18n.ts'
import { templateWords } from '../../words/templates.ts'
import { InsertField } from './insert-field.tsx'
import { PART_WORD } from './template-words.tsx'
import { WordsEditor, type EditorHandle } from './words-editor.tsx'

interface PartEditorProps {
  readonly part: Part
  /** Null: no words of its own. */
  readonly value: string | null
  /** What is said where there are no own words, and the name of the template that says so, if any. */
  readonly inherited: string
  readonly inheritedFrom: string | undefined
  readonly onChange: (value: string | null) => void
  readonly report: VariablesReport
  readonly mistakes: readonly TemplateMistake[]
  readonly error: React.ReactNode
  readonly locked: boolean
  readonly ref: Ref<EditorHandle>
}

const HINT = { title: 'titleHint', text: 'textHint', letter: 'letterHint' } as const

/** One part of the words: its editor, where its words come from, and what may be put in. */
export function PartEditor(props: PartEditorProps) {
  const { part, value, inherited, inheritedFrom, onChange, report, mistakes, error, locked, ref } = props
  const t = useWords(templateWords)
  const hint = useId()
  const editor = useRef<EditorHandle>(null)
  useImperativeHandle(ref, () => ({
    write: (variable) => editor.current?.write(variable),
    goTo: (line, column) => editor.current?.goTo(line, column),
  }))
  return (
    <Stack gap="xs" pt="sm">
      <Text size="sm" className="quiet" id={hint}>
        {t(HINT[part])} {t('keysHint')}
      </Text>
      {!locked && (
        <Group gap="xs">
          <InsertField report={report} insert={(variable) => editor.current?.write(variable)} />
          {value !== null && (
            <Button
              variant="default"
              leftSection={<IconArrowBackUp size={18} aria-hidden />}
              onClick={() => onChange(null)}
            >
              {t('reset')}
            </Button>
          )}
        </Group>
      )}
      <WordsEditor
        ref={editor}
        part={part}
        label={t(PART_WORD[part])}
        describedBy={hint}
        value={value ?? inherited}
        onChange={(text) => onChange(text === inherited ? null : text)}
        locked={locked}
        mistakes={mistakes}
        isRefused={error !== undefined && error !== null}
        report={report}
      />
      <Group gap="xs">
        <Badge variant={value === null ? 'default' : 'light'} tt="none">
          {value !== null
            ? t('own')
            : inheritedFrom === undefined
              ? t('defaults')
              : t('fromOther', { name: inheritedFrom })}
        </Badge>
      </Group>
      {error !== undefined && error !== null && (
        <Text size="sm" c="var(--mantine-color-error)" role="alert">
          {error}
        </Text>
      )}
    </Stack>
  )
}
