import { notifications } from '@mantine/notifications'
import type { Template } from '@nabat/api/configuration.ts'
import type { PreviewReport, VariablesReport } from '@nabat/api/template-preview.ts'
import type { Language } from '@nabat/api/text.ts'
import type { UseQueryResult } from '@tanstack/react-query'
import { useEffect, useEffectEvent, useMemo, useState } from 'react'
import { useEntityForm, type EntityForm } from '../../components/entity-form.ts'
import { useTimeZone } from '../../components/time-text.tsx'
import { useMay } from '../../data/session.ts'
import { usePreview, useTemplates, useTemplateWords, type StoredTemplate } from '../../data/templates.ts'
import { language as spoken, say } from '../../i18n.ts'
import { templateWords } from '../../words/templates.ts'
import { ownParts, readTemplate, writeTemplate, type TemplateValues } from './template-values.ts'

/** Words that are being edited, and what they become. */
export interface TemplateForm {
  readonly type: string
  readonly entity: StoredTemplate | undefined
  readonly entityForm: EntityForm<TemplateValues>
  readonly locked: 'file' | 'role' | undefined
  /** The other templates of the type. */
  readonly others: readonly StoredTemplate[]
  /** The language words are shown in: that of the template, or the one chosen. */
  readonly language: Language
  /** Undefined where the template settles it. */
  readonly setLanguage: ((language: Language) => void) | undefined
  readonly words: UseQueryResult<VariablesReport>
  /** Id of the past event the words are tried on; undefined: the example. */
  readonly event: string | undefined
  readonly setEvent: (event: string | undefined) => void
  readonly preview: UseQueryResult<PreviewReport> & { readonly behind: boolean }
}

/** Edits the words of a type: stored ones, or new ones that begin with what the address says. */
export function useTemplateForm(
  type: string,
  entity: StoredTemplate | undefined,
  first: Partial<Template>,
): TemplateForm {
  const writes = useMay('templates.write')
  const edited = useEntityForm<TemplateValues, StoredTemplate>({
    section: 'templates',
    entity,
    read: (template) => readTemplate(template, first),
    write: (values) => writeTemplate(values, type),
  })
  const { values } = edited.form
  const [chosen, setLanguage] = useState<Language>(spoken())
  const language = values.language === '' ? chosen : values.language
  const { data: all } = useTemplates()
  const [event, setEvent] = useState<string>()
  const preview = usePreview({
    type,
    ...(entity === undefined ? {} : { template: entity.id }),
    ...(values.channel === '' ? {} : { channel: values.channel }),
    ...(event === undefined ? {} : { event }),
    language,
    zone: useTimeZone(),
    ...ownParts(values),
  })
  const locked = entity?.origin === 'file' ? 'file' : writes ? undefined : 'role'
  const submit: EntityForm<TemplateValues>['submit'] = (submitted) => {
    submitted?.preventDefault()
    if (locked !== undefined) return
    if (Object.keys(ownParts(values)).length > 0) edited.submit()
    else notifications.show({ message: say(templateWords, 'nothingChanged'), color: 'yellow' })
  }
  useSaveKeys(() => submit())
  return {
    type,
    entity,
    entityForm: { ...edited, submit },
    locked,
    others: useMemo(
      () => all?.filter((each) => each.type === type && each.id !== entity?.id) ?? [],
      [all, type, entity],
    ),
    language,
    setLanguage: values.language === '' ? setLanguage : undefined,
    words: useTemplateWords(type, language),
    event,
    setEvent,
    preview,
  }
}

/** Ctrl+S, and ⌘S, wherever the focus is. */
function useSaveKeys(act: () => void): void {
  const save = useEffectEvent(act)
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      if (event.code !== 'KeyS' || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return
      event.preventDefault()
      save()
    }
    window.addEventListener('keydown', pressed)
    return () => window.removeEventListener('keydown', pressed)
  }, [])
}
