import { Box, SegmentedControl, Select, Stack, Tabs, Text, Title } from '@mantine/core'
import type { PreviewReport } from '@nabat/api/template-preview.ts'
import { LANGUAGES } from '@nabat/api/text.ts'
import { useState } from 'react'
import { Failure } from '../../components/failure.tsx'
import { InlineHtml } from '../../components/inline-html.tsx'
import { LetterFrame } from '../../components/letter-frame.tsx'
import { Loading } from '../../components/loading.tsx'
import { shortTime, useTimeZone } from '../../components/time-text.tsx'
import { useRecentEvents } from '../../data/templates.ts'
import { useMay } from '../../data/session.ts'
import { useWords } from '../../i18n.ts'
import { templateWords } from '../../words/templates.ts'
import classes from './preview.module.css'
import type { TemplateForm } from './template-form.ts'

/** Where words are looked at. */
export type Medium = 'telegram' | 'mattermost' | 'push' | 'letter' | 'plain'

interface PreviewProps {
  readonly template: TemplateForm
  readonly medium: Medium
  readonly setMedium: (medium: Medium) => void
}

/** What the words become, in every medium, with the example or an event that has happened. */
export function Preview({ template, medium, setMedium }: PreviewProps) {
  const { language, setLanguage, preview } = template
  const { data: report, error, behind } = preview
  const t = useWords(templateWords)
  const panel = (name: Medium, content: React.ReactNode) => (
    <Tabs.Panel value={name} pt="sm">
      {medium === name && content}
    </Tabs.Panel>
  )
  return (
    <Box component="section" aria-label={t('preview')}>
      <Title order={2} mb="sm">
        {t('preview')}
      </Title>
      <Stack gap="sm">
        <WithEvent template={template} />
        {setLanguage !== undefined && (
          <SegmentedControl
            aria-label={t('previewLanguage')}
            size="xs"
            value={language}
            onChange={setLanguage}
            data={LANGUAGES.map((value) => ({ value, label: t(value) }))}
            style={{ alignSelf: 'flex-start' }}
          />
        )}
        <Tabs value={medium} onChange={(value) => setMedium((value ?? 'telegram') as Medium)}>
          <Tabs.List aria-label={t('medium')}>
            <Tabs.Tab value="telegram">Telegram</Tabs.Tab>
            <Tabs.Tab value="letter">{t('letterTab')}</Tabs.Tab>
            <Tabs.Tab value="push">{t('push')}</Tabs.Tab>
            <Tabs.Tab value="mattermost">Mattermost</Tabs.Tab>
            <Tabs.Tab value="plain">{t('plain')}</Tabs.Tab>
          </Tabs.List>
          {error !== null && <Failure error={error} />}
          {report === undefined ? (
            error === null && <Loading />
          ) : (
            <div className={behind ? classes['behind'] : undefined}>
              {panel('telegram', <Telegram report={report} />)}
              {panel('letter', <Letter report={report} />)}
              {panel('push', <Push report={report} />)}
              {panel('mattermost', <Source text={report.mattermost} label="Mattermost" />)}
              {panel('plain', <Source text={`${report.title}\n\n${report.plain}`} label={t('plain')} />)}
            </div>
          )}
        </Tabs>
      </Stack>
    </Box>
  )
}

/** With which event the words are tried. */
function WithEvent({ template: { type, event, setEvent } }: Pick<PreviewProps, 'template'>) {
  const t = useWords(templateWords)
  const reads = useMay('events.read')
  const zone = useTimeZone()
  const isGathered = !type.includes('.')
  const { data: events = [] } = useRecentEvents(type, reads && !isGathered)
  // Several events at once are none that was stored.
  if (!reads || isGathered) return null
  return (
    <Select
      label={t('withEvent')}
      value={event ?? ''}
      onChange={(value) => setEvent(value === null || value === '' ? undefined : value)}
      allowDeselect={false}
      data={[
        { value: '', label: t('example') },
        ...events.map(({ id, title, time }) => ({ value: id, label: `${shortTime(new Date(time), zone)} · ${title}` })),
      ]}
      description={events.length === 0 ? t('noEvents') : undefined}
    />
  )
}

type Shown = { readonly report: PreviewReport }

function Telegram({ report }: Shown) {
  const t = useWords(templateWords)
  return (
    <div className={classes['ground']} tabIndex={0} role="group" aria-label={t('inTelegram')}>
      <div className={`${classes['bubble']} ${classes['inline']}`}>
        <InlineHtml html={report.telegram} leads={false} />
      </div>
    </div>
  )
}

function Push({ report: { push } }: Shown) {
  const t = useWords(templateWords)
  return (
    <div className={classes['ground']} tabIndex={0} role="group" aria-label={t('inPush')}>
      <div className={classes['push']}>
        <img src="/icon.svg" width={32} height={32} alt="" />
        <div>
          <Text component="p" fw={600}>
            {push.title}
          </Text>
          <p className={classes['pushText']}>{push.text}</p>
        </div>
      </div>
    </div>
  )
}

function Source({ text, label }: { readonly text: string; readonly label: string }) {
  return (
    <div className={classes['ground']} tabIndex={0} role="group" aria-label={label}>
      <pre className={`mono ${classes['source']}`}>{text}</pre>
    </div>
  )
}

function Letter({ report }: Shown) {
  const t = useWords(templateWords)
  const [width, setWidth] = useState<'desktop' | 'phone' | 'plain'>(() =>
    window.matchMedia('(max-width: 48em)').matches ? 'phone' : 'desktop',
  )
  return (
    <Stack gap="xs">
      <p className={classes['subject']}>
        <span className="quiet">{t('subject')}</span> <b>{report.subject}</b>
      </p>
      <SegmentedControl
        aria-label={t('letterLook')}
        size="xs"
        value={width}
        onChange={setWidth}
        data={(['desktop', 'phone', 'plain'] as const).map((value) => ({ value, label: t(`letter-${value}`) }))}
        style={{ alignSelf: 'flex-start' }}
      />
      {width === 'plain' ? (
        <Source text={report.letterPlain} label={t('letter-plain')} />
      ) : (
        <LetterFrame html={report.letter} width={width} />
      )}
    </Stack>
  )
}
