import { expect } from 'vitest'
import type { TestServer } from './server.ts'

type Call = TestServer['call']

/** A parsed answer, whole: what tests compare with. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  // Tests look into bodies of every shape; each compares with what it expects there.
  readonly body: Body
}

/** JSON as it came; a missing field is undefined, and a comparison with it fails by itself. */
export interface Body {
  readonly [name: string]: Body
  readonly [index: number]: Body
}

/** Calls and parses. An answer that is not JSON is given as the text. */
export async function ask(call: Call, ...parameters: Parameters<Call>): Promise<Answer> {
  const response = await call(...parameters)
  // What never ends is not waited for.
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true
  if (isStream) await response.body!.cancel()
  const text = isStream ? '' : await response.text()
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true
  return {
    status: response.status,
    headers: response.headers,
    body: (isJson ? JSON.parse(text) : text) as Body,
  }
}

/** The same server, asked with another key; an empty key sends none. */
export function withKey(server: TestServer, key: string): Call {
  return (method, path, body, headers = {}) =>
    server.call(method, path, body, { authorization: key === '' ? '' : `Bearer ${key}`, ...headers })
}

/** A name is given to one key only. */
let made = 0

/** Makes a key of the workspace `default`. */
export async function makeKey(server: TestServer, rights: 'send' | 'read' | 'all', more: object = {}): Promise<string> {
  const { status, body } = await ask(server.call, 'POST', '/api/v1/keys', {
    name: `${rights} key ${(made += 1)}`,
    rights,
    ...more,
  })
  expect(status).toBe(201)
  return String(body['key'])
}

/** The answer is this error in the one shape of errors; gives its details, by path. */
export function expectError({ status, body }: Answer, wanted: number, code: string): Map<string, string> {
  expect({ status, body }).toMatchObject({ status: wanted, body: { error: { code } } })
  expect(Object.keys(body).concat(Object.keys(body['error']!).sort())).toEqual(['error', 'code', 'details', 'message'])
  const details = body['error']!['details'] as unknown as { path: string; message: string }[]
  return new Map(details.map((each) => [each.path, each.message]))
}
