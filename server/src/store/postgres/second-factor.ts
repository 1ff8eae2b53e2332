import type { SecondFactorStore } from '../second-factor.ts'
import type { Connections, Statement } from './connection.ts'

const FACTOR: Statement = {
  name: 'second_factor',
  text: 'select secret, since, recovery from second_factors where account = $1',
}
const BEGIN: Statement = {
  name: 'begin_second_factor',
  text: `insert into second_factors as f (account, secret) values ($1, $2)
    on conflict (account) do update set secret = excluded.secret where f.since is null returning 1`,
}
const CONFIRM: Statement = {
  name: 'confirm_second_factor',
  text: `update second_factors set since = $4, last_step = $2, recovery = $3 where account = $1 and since is null
    returning 1`,
}
const USE_STEP: Statement = {
  name: 'use_step',
  text: 'update second_factors set last_step = $2 where account = $1 and last_step < $2 returning 1',
}
const USE_RECOVERY: Statement = {
  name: 'use_recovery_code',
  text: `update second_factors set recovery =
      (select coalesce(json_agg(code), '[]')::text from json_array_elements_text(recovery::json) as c (code) where code <> $2)
    where account = $1 and exists (select 1 from json_array_elements_text(recovery::json) as c (code) where code = $2)
    returning 1`,
}
const SET_RECOVERY: Statement = {
  name: 'set_recovery_codes',
  text: 'update second_factors set recovery = $2 where account = $1',
}
const REMOVE: Statement = {
  name: 'remove_second_factor',
  text: 'delete from second_factors where account = $1 returning 1',
}

/** Second factors of accounts. */
export function secondFactorTable(connections: Connections): SecondFactorStore {
  const changes = async (statement: Statement, ...values: unknown[]): Promise<boolean> =>
    (await connections.one('writes', statement, values)).length > 0
  return {
    async secondFactor(account) {
      const [row] = await connections.one('writes', FACTOR, [account])
      return (
        row && {
          secret: row['secret'] as Uint8Array,
          since: row['since'] as number | null,
          recovery: JSON.parse(row['recovery'] as string) as string[],
        }
      )
    },
    beginSecondFactor: (account, secret) => changes(BEGIN, account, secret),
    confirmSecondFactor: (account, step, recovery, at) => changes(CONFIRM, account, step, JSON.stringify(recovery), at),
    useStep: (account, step) => changes(USE_STEP, account, step),
    useRecoveryCode: (account, hash) => changes(USE_RECOVERY, account, hash),
    async setRecoveryCodes(account, hashes) {
      await changes(SET_RECOVERY, account, JSON.stringify(hashes))
    },
    removeSecondFactor: (account) => changes(REMOVE, account),
  }
}
