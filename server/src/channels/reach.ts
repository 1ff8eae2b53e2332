import { lookup } from 'node:dns/promises'
import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { Outcome } from '../pipeline/outcome.ts'
import type { CheckStage } from './channel.ts'
import { isPrivateAddress } from './http-call.ts'

/** A stage that passed, or did not, in both languages. */
export const stage = (stage: CheckStage['stage'], ok: boolean, ru: string, en: string): CheckStage => ({
  stage,
  ok,
  says: { ru, en },
})

/** What the test message came to, as the last stage of a check. */
export function messageStage(outcome: Outcome): CheckStage {
  if (outcome.verdict === 'sent')
    return stage('message', true, 'пробное сообщение принято', 'the test message was taken')
  const said = `${outcome.reason}: ${outcome.detail}`
  return stage('message', false, `пробное сообщение не принято: ${said}`, `the test message was not taken: ${said}`)
}

/**
 * The stages every HTTP channel begins with: name, connection, tls. Through a proxy only the proxy can be looked at, the
 * rest is its business. Stops at the first that fails.
 */
export async function* reach(
  address: string,
  options: { proxy?: string | undefined; publicOnly?: boolean },
  signal: AbortSignal,
): AsyncGenerator<CheckStage, boolean> {
  const url = new URL(options.proxy ?? address)
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const tls = url.protocol === 'https:'
  const port = url.port === '' ? (tls ? 443 : url.protocol === 'http:' ? 80 : 1080) : Number(url.port)
  const found = isIP(host) === 0 ? await addressesOf(host) : [host]
  if (typeof found === 'string') {
    yield stage(
      'name',
      false,
      `имя ${host} не найдено (${found}): проверьте адрес`,
      `no such name as ${host} (${found}): check the address`,
    )
    return false
  }
  const inside = options.publicOnly === true ? found.find(isPrivateAddress) : undefined
  if (inside !== undefined) {
    yield stage(
      'name',
      false,
      `${host} ведёт на частный адрес ${inside}; его разрешает настройка NABAT_ALLOW_PRIVATE_ADDRESSES=true`,
      `${host} leads to the private address ${inside}; the setting NABAT_ALLOW_PRIVATE_ADDRESSES=true allows it`,
    )
    return false
  }
  yield stage('name', true, `${host}: ${found.join(', ')}`, `${host}: ${found.join(', ')}`)
  for (const kind of tls ? (['connection', 'tls'] as const) : (['connection'] as const)) {
    const failure = await connects(kind, found[0] ?? host, host, port, signal)
    yield failure === undefined
      ? stage(kind, true, `${host}:${port} отвечает`, `${host}:${port} answers`)
      : stage(kind, false, `${host}:${port}: ${failure}`, `${host}:${port}: ${failure}`)
    if (failure !== undefined) return false
  }
  return true
}

async function addressesOf(host: string): Promise<string[] | string> {
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'ENOTFOUND'
  }
}

/** Undefined when it connects, else the error's code. The certificate is checked as for a real call. */
function connects(kind: 'connection' | 'tls', address: string, name: string, port: number, signal: AbortSignal) {
  return new Promise<string | undefined>((resolve) => {
    const servername = isIP(name) === 0 ? { servername: name } : {}
    const socket: Socket =
      kind === 'tls' ? connectTls({ host: address, port, ...servername }) : connectTcp({ host: address, port })
    const end = (failure?: string): void => {
      signal.removeEventListener('abort', stop)
      socket.destroy()
      resolve(failure)
    }
    const stop = (): void => end('timeout')
    signal.addEventListener('abort', stop, { once: true })
    if (signal.aborted) stop()
    socket.on('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message))
    socket.once(kind === 'tls' ? 'secureConnect' : 'connect', () => end())
  })
}
