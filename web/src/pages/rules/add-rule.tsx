import { Button, Group, Menu, Stack, Text, UnstyledButton } from '@mantine/core'
import { IconChevronDown, IconPlus } from '@tabler/icons-react'
import { Link } from 'react-router'
import { Empty } from '../../components/empty.tsx'
import { useWords } from '../../i18n.ts'
import { ruleWords } from '../../words/rules.ts'
import { START_NAMES } from './rule-starts.ts'

/** The button that makes a rule, with what one can begin with. */
export function AddRule() {
  const t = useWords(ruleWords)
  return (
    <Group gap={2} wrap="nowrap">
      <Button component={Link} to="/notifications/rules/new" leftSection={<IconPlus size={18} aria-hidden />}>
        {t('add')}
      </Button>
      <Menu position="bottom-end" width={360}>
        <Menu.Target>
          <Button px={8} aria-label={t('starts')}>
            <IconChevronDown size={18} aria-hidden />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>{t('starts')}</Menu.Label>
          {START_NAMES.map((name) => (
            <Menu.Item key={name} component={Link} to={`/notifications/rules/new?start=${name}`}>
              {t(`start.${name}`)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </Group>
  )
}

/** In place of the table while there is no rule: what one can begin with. */
export function FirstRule({ mayWrite }: { readonly mayWrite: boolean }) {
  const t = useWords(ruleWords)
  if (!mayWrite) return <Empty title={t('empty')} />
  return (
    <Empty title={t('empty')} text={t('emptyText')}>
      <Stack gap={0} w="100%" className="rows-list" ta="start" mt="sm">
        {START_NAMES.map((name) => (
          <UnstyledButton
            key={name}
            component={Link}
            to={`/notifications/rules/new?start=${name}`}
            className="row-link"
            px="md"
            py="sm"
          >
            <Text fw={550}>{t(`start.${name}`)}</Text>
            <Text size="sm" className="quiet">
              {t(`start.${name}.text`)}
            </Text>
          </UnstyledButton>
        ))}
      </Stack>
      <Button
        component={Link}
        to="/notifications/rules/new"
        mt="sm"
        variant="light"
        leftSection={<IconPlus size={18} aria-hidden />}
      >
        {t('add')}
      </Button>
    </Empty>
  )
}
