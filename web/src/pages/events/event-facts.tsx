import { Anchor, Button, Code, Group, Stack } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { Fragment } from 'react'
import { Link } from 'react-router'
import { CopyButton } from '../../components/copy.tsx'
import { TimeText } from '../../components/time-text.tsx'
import { useCatalogue, type EventType } from '../../data/catalogue.ts'
import type { Event } from '../../data/events.ts'
import { language, useWords } from '../../i18n.ts'
import { eventWords } from '../../words/events.ts'
import { shellWords } from '../../words/shell.ts'

/** What happened, field by field, and the record itself for those who ask. */
export function EventFacts({ event }: { readonly event: Event }) {
  const t = useWords(eventWords)
  const shell = useWords(shellWords)
  const { data: types } = useCatalogue()
  const type = types?.find(({ name }) => name === event.type)
  const [raw, { toggle }] = useDisclosure()
  const values = Object.values(event.data)
  const record = JSON.stringify(recordOf(event), null, 2)
  return (
    <Stack gap="md">
      <dl className="facts">
        {Object.entries(event.data).map(([name, value]) => (
          <Fact key={name} title={labelOf(type, name)}>
            <Value value={value} words={type?.fields?.[name]?.values} />
          </Fact>
        ))}
        {event.subject !== null && !values.includes(event.subject) && <Fact title={t('subject')}>{event.subject}</Fact>}
        {event.actor !== null && (
          <Fact title={t('by')}>
            {event.actor.role === null
              ? event.actor.user
              : event.actor.user === null
                ? event.actor.role
                : t('byRole', { ...event.actor })}
          </Fact>
        )}
        <Fact title={t('when')}>
          <TimeText at={event.time} />
        </Fact>
        <Fact title={t('source')}>{event.source}</Fact>
        {event.eventId !== event.id && <Fact title={t('eventId')}>{event.eventId}</Fact>}
        {event.incident !== null && (
          <Fact title={shell('incident')}>
            <Anchor component={Link} to={`/incidents/${encodeURIComponent(event.incident)}`} inherit underline="always">
              {event.incident}
            </Anchor>
          </Fact>
        )}
        {event.attachments.length > 0 && (
          <Fact title={t('attachments')}>
            {event.attachments.map(({ file, name }) => (
              <Anchor key={file} href={`/api/v1/files/${file}`} download={name} inherit display="block">
                {name}
              </Anchor>
            ))}
          </Fact>
        )}
      </dl>
      <Group gap="xs">
        <Button variant="default" size="xs" onClick={toggle} aria-expanded={raw}>
          {t(raw ? 'hideRaw' : 'showRaw')}
        </Button>
        {raw && <CopyButton text={record} />}
      </Group>
      {raw && (
        <Code block tabIndex={0} style={{ whiteSpace: 'pre-wrap' }}>
          {record}
        </Code>
      )}
    </Stack>
  )
}

function Fact({ title, children }: { readonly title: string; readonly children: React.ReactNode }) {
  return (
    <Fragment>
      <dt className="quiet">{title}</dt>
      <dd>{children}</dd>
    </Fragment>
  )
}

/** What people call a field: its words, else its description, else its name. */
function labelOf(type: EventType | undefined, name: string): string {
  const label = type?.fields?.[name]?.label[language()] ?? type?.data.properties?.[name]?.description ?? name
  return label.charAt(0).toLocaleUpperCase(language()) + label.slice(1)
}

type ValueWords = NonNullable<EventType['fields'][string]>['values'] | undefined
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d/
/** An address that may be opened: of the web, and nothing but the address. */
const LINK = /^https?:\/\/\S+$/i

/** An address with its letters in place of percent signs; one that is not written by the rules stays as it is. */
function readable(address: string): string {
  try {
    return decodeURI(address)
  } catch {
    return address
  }
}

/** A value for reading: lists in a line, times in the person's zone, yes and no as words. */
function Value({ value, words }: { readonly value: unknown; readonly words: ValueWords }) {
  const shell = useWords(shellWords)
  if (typeof value === 'boolean') return <>{shell(value ? 'yes' : 'no')}</>
  if (typeof value === 'number') return <>{new Intl.NumberFormat(language()).format(value)}</>
  if (typeof value === 'string' && LINK.test(value))
    return (
      <Anchor href={value} target="_blank" rel="noreferrer" inherit underline="always">
        {readable(value)}
      </Anchor>
    )
  if (typeof value === 'string')
    return TIME.test(value) && !Number.isNaN(Date.parse(value)) ? (
      <TimeText at={value} />
    ) : (
      <>{words?.[value]?.[language()] ?? value}</>
    )
  if (Array.isArray(value) && value.every((each) => typeof each !== 'object')) return <>{value.join(', ')}</>
  return <Code>{JSON.stringify(value)}</Code>
}

/** The event as it was posted. */
function recordOf({ id, eventId, source, type, subject, severity, time, actor, incident, data, attachments }: Event) {
  return { id, eventId, source, type, subject, severity, time, actor, incident, data, attachments }
}
