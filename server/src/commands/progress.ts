import type { Clock } from '../clock.ts'
import type { Terminal } from './terminal.ts'

/** How far something long is. On a terminal a bar in one line, elsewhere a line for every tenth. */
export interface ProgressBar {
  /** `what`: what is being done; `note`: what of it, in few words. */
  show(what: string, note: string, done: number, of: number): void
  /** Takes the bar away, so that something else can be said. */
  clear(): void
}

/** A bar that is drawn more often than this is not read any better; milliseconds. */
const REDRAW_MS = 100
const WIDTH = 30
const TENTHS = 10
const CLEAR = '\r\u001B[K'

/** `write`: to the terminal, without a line break. */
export function progressBar(
  isTerminal: boolean,
  clock: Pick<Clock, 'now'>,
  { language }: Pick<Terminal, 'language'>,
  write: (text: string) => void,
): ProgressBar {
  const number = new Intl.NumberFormat(language)
  let drawnAt = -Infinity
  let last = { what: '', tenths: -1, beganAt: 0, from: 0 }
  const rateOf = (done: number): string => {
    const seconds = (clock.now() - last.beganAt) / 1000
    return seconds < 1
      ? ''
      : `, ${number.format(Math.round((done - last.from) / seconds))}/${language === 'ru' ? 'с' : 's'}`
  }
  return {
    show(what, note, done, of) {
      const share = of === 0 ? 1 : Math.min(1, done / of)
      const tenths = Math.floor(share * TENTHS)
      const isNew = what !== last.what
      if (isNew) last = { what, tenths: -1, beganAt: clock.now(), from: done }
      const figures = `${Math.floor(share * 100)} %  ${number.format(done)} / ${number.format(of)}${rateOf(done)}`
      if (!isTerminal) {
        if (tenths > last.tenths) write(`${what}: ${figures}\n`)
      } else if (share === 1 || clock.now() - drawnAt >= REDRAW_MS) {
        const filled = Math.round(share * WIDTH)
        write(`${CLEAR}${what} ${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)} ${figures}  ${note}`)
        drawnAt = clock.now()
      }
      last.tenths = Math.max(last.tenths, tenths)
    },
    clear() {
      if (isTerminal) write(CLEAR)
    },
  }
}
