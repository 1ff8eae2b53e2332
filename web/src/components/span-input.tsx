import { Group, Input, NumberInput, Select } from '@mantine/core'
import { useId } from 'react'
import { say, useWords } from '../i18n.ts'
import { ruleEditorWords } from '../words/rule-editor.ts'

const UNITS = ['s', 'm', 'h', 'd'] as const
type Unit = (typeof UNITS)[number]

const unitOf = (span: string): Unit => UNITS.find((unit) => unit === span.at(-1)) ?? 'm'

/** A span such as `15m` in words. */
export const spanInWords = (span: string): string => {
  const count = Number.parseInt(span, 10)
  return Number.isNaN(count) ? span : `${count} ${say(ruleEditorWords, `unit.${unitOf(span)}`, { count })}`
}

interface SpanInputProps {
  readonly label: string
  /** `15m`, `6h`. */
  readonly value: string
  readonly onChange: (span: string) => void
  readonly error?: React.ReactNode
}

/** A span of time: how many of which unit. */
export function SpanInput({ label, value, onChange, error }: SpanInputProps) {
  const t = useWords(ruleEditorWords)
  const id = useId()
  const count = Number.parseInt(value, 10)
  const unit = unitOf(value)
  return (
    <div role="group" aria-labelledby={id}>
      <Input.Label id={id} labelElement="div">
        {label}
      </Input.Label>
      <Group gap="xs" align="flex-start" wrap="nowrap">
        <NumberInput
          aria-label={t('amount')}
          value={Number.isNaN(count) ? '' : count}
          onChange={(next) => onChange(`${next}${unit}`)}
          min={1}
          max={999_999}
          allowDecimal={false}
          allowNegative={false}
          error={error}
          w={110}
        />
        <Select
          aria-label={t('unit')}
          data={UNITS.map((each) => ({
            value: each,
            label: t(`unit.${each}`, { count: Number.isNaN(count) ? 5 : count }),
          }))}
          value={unit}
          onChange={(next) => onChange(`${Number.isNaN(count) ? '' : count}${next}`)}
          allowDeselect={false}
          w={130}
        />
      </Group>
    </div>
  )
}
