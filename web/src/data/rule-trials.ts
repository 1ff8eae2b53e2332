import type { DryRunReport } from '@nabat/api/dry-run.ts'
import type { RuleTestReport } from '@nabat/api/rule-test.ts'
import type { Rule } from '@nabat/api/rule.ts'
import { useMutation, type UseMutationResult } from '@tanstack/react-query'
import { useCallback, useEffect, useRef, useState } from 'react'
import { ApiError, call } from './api.ts'
import { follow } from './progress.ts'

/** A rule to be tried; with the id of the saved one it takes its place in the trial. */
export type TriedRule = Rule & { readonly id?: string }

/** What a rule would have sent, and what the saved version would have, when there is one. */
export interface Trial {
  readonly report: DryRunReport
  readonly saved: DryRunReport | undefined
}

/** A trial that is going on, or has come to an end. */
export interface TrialState {
  /** From 0 to 1; undefined while nothing goes on. */
  readonly progress: number | undefined
  readonly trial: Trial | undefined
  readonly error: unknown
}

const DAY_MS = 86_400_000
const NOTHING: TrialState = { progress: undefined, trial: undefined, error: undefined }

/** Tries a rule on what is stored, beside the saved version; the work on the server ends when it is stopped or left. */
export function useTrial(): TrialState & {
  run: (rule: TriedRule, saved: TriedRule | undefined, days: number, failed: (error: unknown) => void) => void
  stop: () => void
} {
  const [state, setState] = useState<TrialState>(NOTHING)
  const running = useRef<AbortController>(undefined)
  const stop = useCallback(() => {
    running.current?.abort()
    setState((before) => ({ ...before, progress: undefined }))
  }, [])
  useEffect(() => () => running.current?.abort(), [])
  const run: ReturnType<typeof useTrial>['run'] = (rule, saved, days, failed) => {
    running.current?.abort()
    const { signal } = (running.current = new AbortController())
    const to = new Date()
    const span = { from: new Date(to.getTime() - days * DAY_MS).toISOString(), to: to.toISOString() }
    const tried = saved === undefined ? [rule] : [rule, saved]
    setState({ ...NOTHING, progress: 0 })
    const all = async (): Promise<Trial> => {
      const reports: DryRunReport[] = []
      for (const [index, each] of tried.entries())
        reports.push(
          await follow<{ progress: number }, DryRunReport>(
            'POST',
            '/rules/dry-run',
            { body: { rule: each, ...span }, signal },
            ({ progress }) => setState((before) => ({ ...before, progress: (index + progress) / tried.length })),
          ),
        )
      return { report: reports[0]!, saved: reports[1] }
    }
    all().then(
      (trial) => setState({ ...NOTHING, trial }),
      (error: unknown) => {
        if (signal.aborted) return
        setState({ ...NOTHING, error })
        failed(error)
      },
    )
  }
  return { ...state, run, stop }
}

/** Sends a test message to everybody a rule would tell. */
export const useRuleTest = (): UseMutationResult<
  RuleTestReport,
  unknown,
  { rule: TriedRule; type?: string; event?: string }
> => useMutation({ mutationFn: (body) => call<RuleTestReport>('POST', '/rules/test', { body }) })

/** What the server says of the rule itself, as saving it would be answered: paths begin at the rule. */
export function mistakesOfRule(error: unknown): ApiError | undefined {
  if (!(error instanceof ApiError)) return undefined
  const details = error.details.filter(({ path }) => path.startsWith('/rule'))
  if (details.length === 0) return undefined
  const fromRule = details.map((each) => ({ ...each, path: each.path.slice('/rule'.length) }))
  return new ApiError(error.status, error.code, error.message, fromRule)
}
