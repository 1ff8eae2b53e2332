import { Anchor, Badge, Button, Group, Text } from '@mantine/core'
import { Link } from 'react-router'
import { TimeText } from '../../components/time-text.tsx'
import { useMay } from '../../data/session.ts'
import type { StoredTemplate } from '../../data/templates.ts'
import { useWords } from '../../i18n.ts'
import { templateWords } from '../../words/templates.ts'
import classes from './type-row.module.css'
import { PartsAndScope } from './template-words.tsx'

interface TypeRowProps {
  readonly type: string
  readonly title: string
  readonly templates: readonly StoredTemplate[]
}

/** A type of events: which own words it has, whose, whether they work, and the way to write some. */
export function TypeRow({ type, title, templates }: TypeRowProps) {
  const t = useWords(templateWords)
  const writes = useMay('templates.write')
  const isFirst = templates.length === 0
  return (
    <li className={classes['row']}>
      <div className={classes['what']}>
        <Text fw={550}>{title}</Text>
        <Text className="quiet mono">{type}</Text>
        {templates.length > 0 && (
          <ul className="plain">
            {templates.map((template) => (
              <OwnWords key={template.id} template={template} />
            ))}
          </ul>
        )}
      </div>
      {writes && (
        <Button
          component={Link}
          to={`/templates/new?type=${encodeURIComponent(type)}`}
          size="xs"
          variant={isFirst ? 'default' : 'subtle'}
          aria-label={t(isFirst ? 'changeOf' : 'addMoreOf', { title })}
        >
          {t(isFirst ? 'change' : 'addMore')}
        </Button>
      )}
    </li>
  )
}

function OwnWords({ template }: { readonly template: StoredTemplate }) {
  const t = useWords(templateWords)
  const { id, lastFailure, changedAt, changedBy } = template
  return (
    <li className={classes['own']}>
      <Group gap="xs">
        <Anchor component={Link} to={`/templates/${id}`} size="sm">
          <PartsAndScope template={template} />
        </Anchor>
        {lastFailure != null && (
          <Badge color="yellow" variant="light" tt="none">
            {t('failed')}
          </Badge>
        )}
        {changedAt != null && (
          <Text size="xs" className="quiet">
            {changedBy != null && t('changedBy', { by: changedBy })} <TimeText at={changedAt} />
          </Text>
        )}
      </Group>
      {lastFailure != null && (
        <Text size="xs" className="quiet">
          <TimeText at={lastFailure.at} />: {lastFailure.says}
        </Text>
      )}
    </li>
  )
}
