import { Box, Group, Text } from '@mantine/core'
import type { ImportReport } from '@nabat/api/people-import.ts'
import { IconAlertTriangle, IconEqual, IconPencil, IconPlus, type Icon } from '@tabler/icons-react'
import { useWords } from '../../i18n.ts'
import { importWords } from '../../words/people-import.ts'
import { roleWords } from '../../words/roles.ts'
import type { Role } from '@nabat/api/permissions.ts'

type Row = ImportReport['rows'][number]

const SIGNS: Readonly<Record<Row['action'], readonly [Icon, string]>> = {
  create: [IconPlus, 'good'],
  change: [IconPencil, 'info'],
  same: [IconEqual, 'quiet'],
  error: [IconAlertTriangle, 'critical'],
}

/** One row of the file: who is meant, and what would become of them. */
export function ImportRow({ row: { line, action, login, name, problems, fields } }: { readonly row: Row }) {
  const t = useWords(importWords)
  const [Shape, colour] = SIGNS[action]
  return (
    <Box px="md" py="xs" style={{ borderBottom: '1px solid var(--nabat-line)' }}>
      <Group gap="sm" wrap="nowrap" align="flex-start">
        <Text size="sm" className="quiet" w={32} flex="none" ta="right">
          <span aria-label={t('line', { line })}>{line}</span>
        </Text>
        <Shape
          size={18}
          role="img"
          aria-label={t(`action-${action}`)}
          style={{ flex: 'none', marginTop: 2, color: `var(--nabat-${colour})` }}
        />
        <Box miw={0} flex={1}>
          <Text size="sm">
            <Text span fw={550} inherit>
              {name ?? login ?? t('nobody')}
            </Text>
            {name !== null && login !== null && <span className="quiet"> · {login}</span>}
          </Text>
          {problems.map((problem) => (
            <Text key={problem} size="sm" style={{ color: 'var(--nabat-critical)' }}>
              {problem}
            </Text>
          ))}
          {action !== 'error' && fields.length > 0 && <Fields fields={fields} />}
        </Box>
      </Group>
    </Box>
  )
}

function Fields({ fields }: { readonly fields: Row['fields'] }) {
  const t = useWords(importWords)
  const role = useWords(roleWords)
  const said = (field: string, text: string): string =>
    field === 'roles'
      ? text
          .split(', ')
          .map((each) => role(each as Role))
          .join(', ')
      : text
  return (
    <Text size="sm" className="quiet">
      {fields.map(({ field, before, after }, index) => (
        <span key={field}>
          {index > 0 && '; '}
          {t(`field-${field as 'login'}`)}: {before !== null && <del>{said(field, before)}</del>}
          {before !== null && ' → '}
          {said(field, after)}
        </span>
      ))}
    </Text>
  )
}
