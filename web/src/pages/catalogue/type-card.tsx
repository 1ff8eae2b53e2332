import { Button, Code, Group, Stack, Text } from '@mantine/core'
import { Link } from 'react-router'
import { CopyButton } from '../../components/copy.tsx'
import { SeverityMark } from '../../components/marks.tsx'
import { useMay } from '../../data/session.ts'
import type { EventType, JsonSchema } from '../../data/catalogue.ts'
import { language, useWords } from '../../i18n.ts'
import { catalogueWords } from '../../words/catalogue.ts'

/** A command that posts the example of a type; the key is left for the reader to put in. */
const curlOf = ({ name, example }: EventType): string =>
  `curl ${window.location.origin}/api/v1/events -H 'Authorization: Bearer KEY' -H 'Content-Type: application/json' \\\n  -d '${JSON.stringify({ type: name, data: example }).replaceAll("'", String.raw`'\''`)}'`

interface TypeCardProps {
  readonly type: EventType
  /** Id of a type of the workspace's own. */
  readonly own: string | undefined
}

/** All there is to know of one type. */
export function TypeCard({ type, own }: TypeCardProps) {
  const t = useWords(catalogueWords)
  const makesRules = useMay('rules.write')
  const { name, raisedBy, severity, incident, relations, data, example } = type
  const fields = Object.entries(data.properties ?? {})
  return (
    <Stack gap="md">
      <Group gap="lg">
        <Pair title={t('severity')}>
          <SeverityMark severity={severity} />
        </Pair>
        <Pair title={t('raisedBy')}>{raisedBy[language()]}</Pair>
        {incident !== null && (
          <Pair title={t('incident')}>
            {t(incident.step as 'opens' | 'updates' | 'closes')} <Code>{incident.key}</Code>
          </Pair>
        )}
        {Object.keys(relations).length > 0 && <Pair title={t('relations')}>{Object.keys(relations).join(', ')}</Pair>}
      </Group>
      <div>
        <Text size="sm" fw={600} mb={4}>
          {t('fields')}
        </Text>
        {fields.length === 0 && <Text size="sm">{t('noFields')}</Text>}
        <dl className="fields">
          {fields.map(([field, schema]) => (
            <Field key={field} name={field} schema={schema} required={data.required?.includes(field) === true} />
          ))}
        </dl>
      </div>
      <div>
        <Group justify="space-between" mb={4}>
          <Text size="sm" fw={600}>
            {t('example')}
          </Text>
          <CopyButton text={curlOf(type)} label={t('copyCurl')} />
        </Group>
        <Code block tabIndex={0}>
          {JSON.stringify(example, null, 2)}
        </Code>
      </div>
      <Group gap="xs">
        {makesRules && (
          <Button
            component={Link}
            to={`/notifications/rules/new?type=${encodeURIComponent(name)}`}
            variant="default"
            size="xs"
          >
            {t('makeRule')}
          </Button>
        )}
        {own !== undefined && (
          <Button component={Link} to={`/catalogue/${own}`} variant="default" size="xs">
            {t('edit')}
          </Button>
        )}
      </Group>
    </Stack>
  )
}

function Pair({ title, children }: { readonly title: string; readonly children: React.ReactNode }) {
  return (
    <div>
      <Text size="xs" className="quiet">
        {title}
      </Text>
      <Text size="sm" component="div">
        {children}
      </Text>
    </div>
  )
}

interface FieldProps {
  readonly name: string
  readonly schema: JsonSchema
  readonly required: boolean
}

function Field({ name, schema, required }: FieldProps) {
  const t = useWords(catalogueWords)
  const kind = schema.enum === undefined ? [schema.type].flat().join(', ') : schema.enum.map(String).join(' · ')
  return (
    <div>
      <dt>
        <Code>{name}</Code>
      </dt>
      <dd>
        {schema.description ?? ''}{' '}
        <span className="quiet">
          {kind}
          {required && `, ${t('required')}`}
        </span>
      </dd>
    </div>
  )
}
