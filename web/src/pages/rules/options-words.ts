import type { Language } from '@nabat/api/text.ts'
import { spanInWords } from '../../components/span-input.tsx'
import { say } from '../../i18n.ts'
import { ruleEditorWords } from '../../words/rule-editor.ts'
import type { RuleDraft } from './rule-draft.ts'

/** How and when a rule's messages leave, in a sentence. */
export function optionsInWords(draft: RuleDraft, language: Language): string {
  const { digest, throttle, schedule, messages, silent, lifetime, unreadAfter } = draft
  const parts: string[] = []
  if (digest != null)
    parts.push(
      'every' in digest
        ? say(ruleEditorWords, 'saysEvery', { span: spanInWords(digest.every) })
        : say(ruleEditorWords, 'saysDaily', { at: digest.daily }),
    )
  if (throttle !== null) parts.push(say(ruleEditorWords, 'saysThrottle', { span: spanInWords(throttle.per) }))
  if (schedule !== null) parts.push(say(ruleEditorWords, 'saysSchedule'))
  if (messages !== '') parts.push(say(ruleEditorWords, messages === 'living' ? 'saysLiving' : 'saysEach'))
  if (silent) parts.push(say(ruleEditorWords, 'saysSilent'))
  if (lifetime !== '') parts.push(say(ruleEditorWords, 'saysLifetime', { span: spanInWords(lifetime) }))
  if (unreadAfter !== '') parts.push(say(ruleEditorWords, 'saysUnread', { span: spanInWords(unreadAfter) }))
  if (parts.length === 0) return say(ruleEditorWords, 'optionsDefault')
  const sentence = parts.join(', ')
  return `${sentence.charAt(0).toLocaleUpperCase(language)}${sentence.slice(1)}.`
}
