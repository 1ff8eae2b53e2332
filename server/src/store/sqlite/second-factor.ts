import type { DatabaseSync } from 'node:sqlite'
import type { SecondFactorStore } from '../second-factor.ts'
import type { Writer } from './database.ts'

/** Second factors of accounts. */
export function secondFactorTable(database: DatabaseSync, writer: Writer): SecondFactorStore {
  const changes = (sql: string, ...values: (string | number | Uint8Array)[]): Promise<boolean> =>
    writer.run(() => Number(database.prepare(sql).run(...values).changes) > 0)
  return {
    async secondFactor(account) {
      const row = database.prepare('select secret, since, recovery from second_factors where account = ?').get(account)
      return (
        row && {
          secret: row['secret'] as Uint8Array,
          since: row['since'] === null ? null : Number(row['since']),
          recovery: JSON.parse(row['recovery'] as string) as string[],
        }
      )
    },
    beginSecondFactor: (account, secret) =>
      changes(
        `insert into second_factors (account, secret) values (?, ?)
         on conflict (account) do update set secret = excluded.secret where since is null`,
        account,
        secret,
      ),
    confirmSecondFactor: (account, step, recovery, at) =>
      changes(
        'update second_factors set since = ?, last_step = ?, recovery = ? where account = ? and since is null',
        ...[at, step, JSON.stringify(recovery), account],
      ),
    useStep: (account, step) =>
      changes('update second_factors set last_step = ? where account = ? and last_step < ?', step, account, step),
    useRecoveryCode: (account, hash) =>
      changes(
        `update second_factors set recovery = (select json_group_array(value) from json_each(recovery) where value <> ?)
         where account = ? and exists (select 1 from json_each(recovery) where value = ?)`,
        ...[hash, account, hash],
      ),
    async setRecoveryCodes(account, hashes) {
      await changes('update second_factors set recovery = ? where account = ?', JSON.stringify(hashes), account)
    },
    removeSecondFactor: (account) => changes('delete from second_factors where account = ?', account),
  }
}
