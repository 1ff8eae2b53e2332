/*
 * Several windows of a browser hear the same news, and one of them tells it: the one that was looked at last, else one that
 * is in sight, else any.
 */

const FRONT = 'nabat-front'
const TOLD = 'nabat-told'
/** Remembered as told; more do not come in at once. */
const MOST_TOLD = 300
/** So long a window leaves the word to a better one, milliseconds. */
const WAIT = { front: 0, inSight: 400, hidden: 1_200 } as const

const self = crypto.getRandomValues(new Uint32Array(2)).join('-')

/** From now on this window knows when it is looked at. */
export function watchFront(): () => void {
  const come = (): void => {
    if (document.visibilityState === 'visible') localStorage.setItem(FRONT, self)
  }
  if (document.hasFocus()) come()
  window.addEventListener('focus', come)
  return () => window.removeEventListener('focus', come)
}

const waits = (): number =>
  document.visibilityState !== 'visible'
    ? WAIT.hidden
    : localStorage.getItem(FRONT) === self
      ? WAIT.front
      : WAIT.inSight

/** Which of these news fall to this window to tell; another one has told the others, or is about to. */
export async function mineToTell(news: readonly string[]): Promise<ReadonlySet<string>> {
  const ms = waits()
  if (ms > 0) await new Promise((done) => setTimeout(done, ms))
  const take = (): ReadonlySet<string> => {
    const told = toldBefore()
    const mine = news.filter((each) => !told.includes(each))
    localStorage.setItem(TOLD, JSON.stringify([...told, ...mine].slice(-MOST_TOLD)))
    return new Set(mine)
  }
  // Without a secure connection browsers have no locks; then the waiting alone keeps windows apart.
  const locks = (navigator as { readonly locks?: LockManager }).locks
  return locks === undefined ? take() : locks.request('nabat-told', take)
}

function toldBefore(): readonly string[] {
  try {
    return JSON.parse(localStorage.getItem(TOLD) ?? '[]') as string[]
  } catch {
    return []
  }
}
