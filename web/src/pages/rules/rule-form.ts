import type { UseFormReturnType } from '@mantine/form'
import type { ReactNode } from 'react'
import type { RuleDraft } from './rule-draft.ts'

/** The form of a rule as its parts use it. */
export interface RuleForm {
  readonly form: UseFormReturnType<RuleDraft>
  /** Changes a field; what the server has said of it, and of what is in it, no longer holds. */
  readonly put: <Name extends keyof RuleDraft>(name: Name, value: RuleDraft[Name]) => void
  /** The first that the server says of a field or of anything in it. */
  readonly errorUnder: (name: string) => ReactNode
}

/** Whether a mistake is one of a field, or of something in it. */
const isUnder = (path: string, name: string): boolean => path === name || path.startsWith(`${name}.`)

/** What the parts of the editor need of its form. */
export function ruleForm(form: UseFormReturnType<RuleDraft>): RuleForm {
  return {
    form,
    put: (name, value) => {
      form.setFieldValue(name as string, value as never)
      form.setErrors(Object.fromEntries(Object.entries(form.errors).filter(([path]) => !isUnder(path, name))))
    },
    errorUnder: (name) => Object.entries(form.errors).find(([path]) => isUnder(path, name))?.[1],
  }
}
