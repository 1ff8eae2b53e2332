import { Button, Modal } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useWords } from '../../i18n.ts'
import { ruleEditorWords } from '../../words/rule-editor.ts'
import { RuleDifference } from './rule-difference.tsx'
import type { Rule } from '@nabat/api/rule.ts'

/** What saving would change. */
export function RuleChanges({ before, after }: { readonly before: Rule; readonly after: Rule }) {
  const t = useWords(ruleEditorWords)
  const [opened, { open, close }] = useDisclosure()
  return (
    <>
      <Button variant="default" onClick={open}>
        {t('changes')}
      </Button>
      <Modal opened={opened} onClose={close} title={t('changesTitle')} size="xl">
        <RuleDifference before={before} after={after} />
      </Modal>
    </>
  )
}
