import { Alert, Badge, Button, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import { Failure } from '../../components/failure.tsx'
import { Loading } from '../../components/loading.tsx'
import { TimeText } from '../../components/time-text.tsx'
import {
  useBegin,
  useConfirm,
  useRenewRecovery,
  useSecondFactor,
  useSwitchOff,
  type Begun,
} from '../../data/second-factor.ts'
import { useWords } from '../../i18n.ts'
import { secondFactorWords } from '../../words/second-factor.ts'
import { AskOne } from './ask-one.tsx'
import { RecoveryCodes, Scan } from './second-factor-steps.tsx'

/** Fewer recovery codes than this are told of. */
const FEW = 3

/** What is being done now. */
type Step =
  | { readonly at: 'rest' | 'password' | 'renew' | 'off' }
  | { readonly at: 'scan'; readonly begun: Begun }
  | { readonly at: 'codes'; readonly codes: readonly string[] }

const REST: Step = { at: 'rest' }

/** One's own second factor: switched on step by step, with its recovery codes, and off. */
export function SecondFactor() {
  const t = useWords(secondFactorWords)
  const { data: factor, error, refetch } = useSecondFactor()
  const [step, setStep] = useState<Step>(REST)
  const rest = (): void => setStep(REST)
  if (error !== null) return <Failure error={error} again={() => void refetch()} />
  if (factor === undefined) return <Loading />
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="second-factor">
      <Group gap="sm" mb={4}>
        <Title order={2} id="second-factor">
          {t('title')}
        </Title>
        <Badge variant="light" color={factor.since === null ? 'gray' : 'blue'}>
          {t(factor.since === null ? 'off' : 'on')}
        </Badge>
      </Group>
      <Stack gap="md">
        <Text size="sm" className="quiet">
          {t('text')}{' '}
          {factor.since !== null && (
            <>
              {t('on')} {t('since')} <TimeText at={factor.since} />.
            </>
          )}
        </Text>
        {factor.since !== null && <Left count={factor.recoveryLeft} />}
        {step.at === 'rest' && factor.since === null && (
          <Button style={{ alignSelf: 'flex-start' }} onClick={() => setStep({ at: 'password' })}>
            {t('switchOn')}
          </Button>
        )}
        {step.at === 'rest' && factor.since !== null && (
          <Group gap="sm">
            <Button variant="default" onClick={() => setStep({ at: 'renew' })}>
              {t('renew')}
            </Button>
            <Button variant="default" onClick={() => setStep({ at: 'off' })}>
              {t('switchOff')}
            </Button>
          </Group>
        )}
        <Steps step={step} go={setStep} rest={rest} />
      </Stack>
    </Paper>
  )
}

function Left({ count }: { readonly count: number }) {
  const t = useWords(secondFactorWords)
  const says = t('left', { count })
  if (count >= FEW)
    return (
      <Text size="sm" className="quiet">
        {says}
      </Text>
    )
  return (
    <Alert variant="light" color="yellow">
      {says}. {t('few')}
    </Alert>
  )
}

function Steps({
  step,
  go,
  rest,
}: {
  readonly step: Step
  readonly go: (step: Step) => void
  readonly rest: () => void
}) {
  const t = useWords(secondFactorWords)
  const [begin, confirm, renew, switchOff] = [useBegin(), useConfirm(), useRenewRecovery(), useSwitchOff()]
  const codes = (shown: readonly string[]): void => go({ at: 'codes', codes: shown })
  if (step.at === 'password')
    return (
      <AskOne
        key="password"
        field="password"
        label={t('password')}
        submit={t('next')}
        act={begin}
        cancel={rest}
        done={(begun) => go({ at: 'scan', begun })}
      />
    )
  if (step.at === 'scan')
    return (
      <Scan begun={step.begun}>
        <AskOne
          key="code"
          field="code"
          label={t('code')}
          hint={t('codeHint')}
          submit={t('confirm')}
          act={confirm}
          cancel={rest}
          done={(shown) => {
            notifications.show({ message: t('isOn'), color: 'green' })
            codes(shown)
          }}
        />
      </Scan>
    )
  if (step.at === 'codes') return <RecoveryCodes codes={step.codes} done={rest} />
  if (step.at === 'renew')
    return (
      <AskOne
        key="renew"
        field="code"
        label={t('anyCode')}
        submit={t('renew')}
        act={renew}
        cancel={rest}
        done={codes}
      />
    )
  if (step.at === 'off')
    return (
      <AskOne
        key="off"
        field="code"
        label={t('anyCode')}
        submit={t('switchOff')}
        act={switchOff}
        cancel={rest}
        done={() => {
          notifications.show({ message: t('isOff'), color: 'green' })
          rest()
        }}
      />
    )
  return null
}
