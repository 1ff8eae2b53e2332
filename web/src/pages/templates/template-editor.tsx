import { Alert, Button, Stack, Text } from '@mantine/core'
import type { Template } from '@nabat/api/configuration.ts'
import { IconAlertTriangle, IconTrash } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { useNavigate } from 'react-router'
import { Failure } from '../../components/failure.tsx'
import { FormFrame } from '../../components/form-frame.tsx'
import { Loading } from '../../components/loading.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { useUndoableRemove } from '../../components/remove.tsx'
import { TimeText } from '../../components/time-text.tsx'
import { Versions } from '../../components/versions.tsx'
import { useChannels } from '../../data/channels.ts'
import { PARTS, type Part, type StoredTemplate } from '../../data/templates.ts'
import { useWords } from '../../i18n.ts'
import { shellWords } from '../../words/shell.ts'
import { templateWords } from '../../words/templates.ts'
import { Preview, type Medium } from './preview.tsx'
import { ScopeFields } from './scope-fields.tsx'
import classes from './template-editor.module.css'
import { TemplateDifference } from './template-difference.tsx'
import { useTemplateForm, type TemplateForm } from './template-form.ts'
import { SendToMe } from './send-to-me.tsx'
import { WordsTabs } from './words-tabs.tsx'

interface TemplateEditorProps {
  readonly type: string
  /** Undefined for new words. */
  readonly entity: StoredTemplate | undefined
  readonly first: Partial<Template>
}

/** The words of a type: the editor, and beside it what becomes of them in every medium. */
export function TemplateEditor({ type, entity, first }: TemplateEditorProps) {
  const t = useWords(templateWords)
  const shell = useWords(shellWords)
  const template = useTemplateForm(type, entity, first)
  const { words, locked, entityForm } = template
  const { form } = entityForm
  const { part, setPart, medium, setMedium } = usePlace(template)
  return (
    <>
      <PageHeader
        title={words.data?.title ?? type}
        text={<span className="mono">{type}</span>}
        up={{ to: '/templates', title: shell('templates') }}
      >
        {entity !== undefined && (
          <Versions
            section="templates"
            entity={entity}
            locked={locked !== undefined}
            text={t('versionsText')}
            Difference={TemplateDifference}
          />
        )}
      </PageHeader>
      {words.error !== null && <Failure error={words.error} again={() => void words.refetch()} />}
      {words.data === undefined ? (
        words.error === null && <Loading />
      ) : (
        <div className={classes['split']}>
          <Stack gap="lg">
            <FailedBefore failure={entity?.lastFailure} />
            <WordsTabs template={template} report={words.data} part={part} setPart={setPart} />
            <FormFrame
              form={entityForm}
              dirty={form.isDirty()}
              locked={locked}
              actions={entity !== undefined && <RemoveWords template={entity} />}
            >
              <ScopeFields form={form} type={type} others={template.others} />
            </FormFrame>
          </Stack>
          <Stack gap="md" className={classes['beside'] ?? ''}>
            <Preview template={template} medium={medium} setMedium={setMedium} />
            <SendToMe template={template} />
          </Stack>
        </div>
      )}
    </>
  )
}

/** Which part is edited and where it is looked at: the letter as a letter, the rest in the channel it is for. */
function usePlace({ entityForm }: TemplateForm): {
  part: Part
  setPart: (part: Part) => void
  medium: Medium
  setMedium: (medium: Medium) => void
} {
  const { values, errors } = entityForm.form
  const { data: channels = [] } = useChannels()
  const kind = channels.find(({ name }) => name === values.channel)?.kind
  const usual: Medium = kind === 'smtp' ? 'letter' : kind === 'mattermost' ? 'mattermost' : 'telegram'
  const [part, setPart] = useState<Part>(() => PARTS.find((each) => values[each] !== null) ?? 'text')
  const [chosen, setMedium] = useState<Medium>()
  const go = (to: Part): void => {
    setPart(to)
    if ((to === 'letter') !== (part === 'letter')) setMedium(undefined)
  }
  const wrong = PARTS.find((each) => errors[each] !== undefined)
  useEffect(() => {
    if (wrong !== undefined) setPart(wrong)
  }, [wrong])
  return { part, setPart: go, medium: chosen ?? (part === 'letter' ? 'letter' : usual), setMedium }
}

/** That the words could not be used, and why. */
function FailedBefore({ failure }: { readonly failure: StoredTemplate['lastFailure'] }) {
  const t = useWords(templateWords)
  if (failure == null) return null
  return (
    <Alert color="yellow" variant="light" icon={<IconAlertTriangle aria-hidden />} title={t('failedAt')}>
      <Text size="sm">
        <TimeText at={failure.at} />: {failure.says}
      </Text>
      <Text size="sm" mt={4}>
        {t('failedThen')}
      </Text>
    </Alert>
  )
}

/** Deleting own words brings the default ones back; what was deleted can be taken back. */
function RemoveWords({ template: { id, name } }: { readonly template: StoredTemplate }) {
  const t = useWords(templateWords)
  const go = useNavigate()
  const { remove, removing } = useUndoableRemove('templates')
  return (
    <Button
      variant="default"
      leftSection={<IconTrash size={18} aria-hidden />}
      title={t('removeHint')}
      loading={removing}
      onClick={() => remove(id, name, () => void go('/templates'))}
    >
      {t('remove')}
    </Button>
  )
}
