import { makeVapidKeys, type VapidKeys } from '../channels/push/vapid.ts'
import type { Random } from '../clock.ts'
import type { SecretBox } from '../configuration/secret-box.ts'
import type { Store } from '../store/store.ts'

const MARK = 'vapid'

/**
 * The pair by which push services know this installation, made at its first start. Browsers subscribe with it: with
 * another they would have to subscribe anew, so of nodes that start together all take the one that was written first.
 */
export async function pushKeys(
  store: Pick<Store, 'mark' | 'keepMark'>,
  box: SecretBox,
  random: Random,
): Promise<VapidKeys> {
  const known = await store.mark(MARK)
  const sealed = known ?? (await store.keepMark(MARK, box.seal(JSON.stringify(makeVapidKeys(random)))))
  return JSON.parse(box.open(sealed)) as VapidKeys
}
