import { describe, expect, test } from 'vitest'
import type { Outcome } from '../../pipeline/outcome.ts'
import { classify, QUOTA_PAUSE_MS, type MailError } from './classify.ts'

const COMMANDS = {
  CONN: 'CONN',
  EHLO: 'EHLO',
  STARTTLS: 'STARTTLS',
  AUTH: 'AUTH PLAIN',
  MAIL: 'MAIL FROM',
  RCPT: 'RCPT TO',
  DATA: 'DATA',
} as const
type Stage = keyof typeof COMMANDS

const CODES: Readonly<Record<Stage, string>> = {
  CONN: 'EPROTOCOL',
  EHLO: 'EPROTOCOL',
  STARTTLS: 'ETLS',
  AUTH: 'EAUTH',
  MAIL: 'EENVELOPE',
  RCPT: 'EENVELOPE',
  DATA: 'EMESSAGE',
}

const answer = (stage: Stage, response: string): MailError => ({
  code: CODES[stage],
  command: COMMANDS[stage],
  responseCode: Number(response.slice(0, 3)),
  response,
})

const line = (outcome: Outcome): string =>
  outcome.verdict === 'sent'
    ? 'sent'
    : `${outcome.verdict} ${outcome.reason}, ${outcome.health.of} ${outcome.health.state}`

/** For each command, what bare codes come to: the first range that holds the code. */
const BARE: Readonly<Record<Stage, readonly (readonly [number, number, string])[]>> = {
  CONN: [
    [200, 399, 'deferred provider_error, channel throttled'],
    [400, 499, 'deferred throttled, channel throttled'],
    [530, 530, 'deferred unauthorized, channel down'],
    [534, 535, 'deferred unauthorized, channel down'],
    [538, 538, 'deferred tls, channel down'],
    [500, 599, 'deferred provider_error, channel down'],
  ],
  EHLO: [
    [200, 399, 'deferred provider_error, channel throttled'],
    [400, 499, 'deferred throttled, channel throttled'],
    [530, 530, 'deferred unauthorized, channel down'],
    [534, 535, 'deferred unauthorized, channel down'],
    [538, 538, 'deferred tls, channel down'],
    [500, 599, 'deferred provider_error, channel down'],
  ],
  STARTTLS: [
    [421, 421, 'deferred throttled, channel throttled'],
    [200, 599, 'deferred tls, channel down'],
  ],
  AUTH: [
    [200, 399, 'deferred provider_error, channel throttled'],
    [400, 499, 'deferred throttled, channel throttled'],
    [538, 538, 'deferred tls, channel down'],
    [500, 599, 'deferred unauthorized, channel down'],
  ],
  MAIL: [
    [200, 399, 'deferred provider_error, channel throttled'],
    [421, 421, 'deferred throttled, channel throttled'],
    [400, 499, 'deferred provider_error, channel throttled'],
    [500, 504, 'deferred provider_error, channel down'],
    [523, 523, 'rejected refused_content, destination fine'],
    [530, 530, 'deferred unauthorized, channel down'],
    [534, 535, 'deferred unauthorized, channel down'],
    [538, 538, 'deferred tls, channel down'],
    [552, 552, 'rejected refused_content, destination fine'],
    [505, 599, 'deferred misconfigured, channel down'],
  ],
  RCPT: [
    [200, 399, 'deferred provider_error, channel throttled'],
    [421, 421, 'deferred throttled, channel throttled'],
    [450, 451, 'deferred throttled, destination throttled'],
    [452, 452, 'deferred provider_error, channel throttled'],
    [400, 499, 'deferred provider_error, destination throttled'],
    [501, 501, 'rejected no_such_destination, destination invalid'],
    [500, 504, 'deferred provider_error, channel throttled'],
    [523, 523, 'rejected refused_content, destination fine'],
    [530, 530, 'deferred unauthorized, channel down'],
    [534, 535, 'deferred unauthorized, channel down'],
    [538, 538, 'deferred tls, channel down'],
    [552, 552, 'deferred mailbox_full, destination throttled'],
    [554, 554, 'rejected refused_content, destination fine'],
    [505, 599, 'rejected no_such_destination, destination invalid'],
  ],
  DATA: [
    [200, 399, 'deferred provider_error, channel throttled'],
    [421, 421, 'deferred throttled, channel throttled'],
    [400, 499, 'deferred provider_error, channel throttled'],
    [500, 504, 'deferred provider_error, channel throttled'],
    [530, 530, 'deferred unauthorized, channel down'],
    [534, 535, 'deferred unauthorized, channel down'],
    [538, 538, 'deferred tls, channel down'],
    [505, 599, 'rejected refused_content, destination fine'],
  ],
}

describe('every bare code from 200 to 599 means what it means at its command', () => {
  test.each(Object.keys(BARE) as Stage[])('%s', (stage) => {
    for (let code = 200; code < 600; code++) {
      const expected = BARE[stage].find(([from, to]) => code >= from && code <= to)?.[2]
      expect(`${code} ${line(classify(answer(stage, `${code} as it is`)))}`).toBe(`${code} ${expected}`)
    }
  })
})

test.each<[Stage, string, string]>([
  ['RCPT', '451 4.7.1 Greylisting in action, please come back later', 'deferred throttled, destination throttled'],
  ['DATA', '451 4.7.1 Greylisting in action, please come back later', 'deferred throttled, destination throttled'],
  ['RCPT', '452 4.2.2 The email account is over quota', 'deferred mailbox_full, destination throttled'],
  ['RCPT', '452 4.5.3 Too many recipients', 'deferred provider_error, channel throttled'],
  ['RCPT', '452 4.3.1 Insufficient system storage', 'deferred throttled, channel throttled'],
  ['RCPT', '550 5.2.2 Mailbox full', 'deferred mailbox_full, destination throttled'],
  [
    'DATA',
    '552 5.2.2 <ivan> Quota exceeded (mailbox for user is full)',
    'deferred mailbox_full, destination throttled',
  ],
  ['DATA', '552 Quota exceeded', 'deferred mailbox_full, destination throttled'],
  ['DATA', '550 5.4.5 Daily user sending limit exceeded', 'deferred quota, channel throttled'],
  ['MAIL', '550 5.4.5 Daily sending quota exceeded', 'deferred quota, channel throttled'],
  ['DATA', '554 5.7.0 Your daily message limit is exceeded', 'deferred quota, channel throttled'],
  ['RCPT', '550 Too many messages sent from your account', 'deferred quota, channel throttled'],
  ['DATA', '451 Daily limit of letters reached', 'deferred quota, channel throttled'],
  ['DATA', '451 4.7.0 Too many messages, slow down', 'deferred throttled, channel throttled'],
  ['DATA', '421 4.7.0 Our system has detected an unusual rate of mail', 'deferred throttled, channel throttled'],
  ['RCPT', '550 5.1.1 User unknown', 'rejected no_such_destination, destination invalid'],
  ['RCPT', '550-5.1.1 User unknown\n550 5.1.1 really', 'rejected no_such_destination, destination invalid'],
  ['RCPT', '501 5.1.3 Bad recipient address syntax', 'rejected no_such_destination, destination invalid'],
  ['RCPT', '550 5.4.1 Recipient address rejected: Access denied', 'rejected no_such_destination, destination invalid'],
  ['DATA', '550 5.1.1 User unknown', 'rejected no_such_destination, destination invalid'],
  ['RCPT', '550 5.7.1 Policy rejection on the target address', 'rejected refused_content, destination fine'],
  ['DATA', '554 5.7.1 [2] Message rejected under suspicion of SPAM', 'rejected refused_content, destination fine'],
  ['DATA', '554 5.7.1 A link in it is blocked using dbl.spamhaus.org', 'rejected refused_content, destination fine'],
  ['DATA', '552 5.3.4 Message size exceeds fixed limit', 'rejected refused_content, destination fine'],
  ['MAIL', '552 5.3.4 Message size exceeds fixed limit', 'rejected refused_content, destination fine'],
  ['RCPT', '554 5.7.1 <a@b.ru>: Relay access denied', 'rejected forbidden, destination fine'],
  ['RCPT', '553 5.7.1 <a@b.ru>: Sender address rejected: not owned by user', 'deferred misconfigured, channel down'],
  ['MAIL', '550 5.7.1 Client does not have permission to send as this sender', 'deferred misconfigured, channel down'],
  ['RCPT', '554 5.7.1 Client host [192.0.2.1] blocked using zen.spamhaus.org', 'deferred provider_error, channel down'],
  ['CONN', '554 5.7.1 Your IP is on a blocklist', 'deferred provider_error, channel down'],
  ['MAIL', '530 5.7.0 Authentication Required', 'deferred unauthorized, channel down'],
  ['RCPT', '550 5.7.1 Authentication is required', 'deferred unauthorized, channel down'],
  ['MAIL', '530 5.7.0 Must issue a STARTTLS command first', 'deferred tls, channel down'],
  ['AUTH', '535 5.7.8 Username and Password not accepted', 'deferred unauthorized, channel down'],
  ['AUTH', '534 5.7.9 Application-specific password required', 'deferred unauthorized, channel down'],
  ['AUTH', '454 4.7.0 Temporary authentication failure', 'deferred throttled, channel throttled'],
  ['STARTTLS', '454 4.7.0 TLS not available', 'deferred tls, channel down'],
])('%s %s', (stage, response, expected) => {
  const outcome = classify(answer(stage, response))
  expect(line(outcome)).toBe(expected)
  expect(outcome).toMatchObject({ detail: response.replace('\n', ' ') })
})

test.each<[MailError, string]>([
  [{ code: 'ESOCKET', originalCode: 'ECONNREFUSED', command: 'CONN' }, 'deferred unreachable_host, channel down'],
  [{ code: 'ECONNECTION', command: 'CONN' }, 'deferred unreachable_host, channel down'],
  [{ code: 'EDNS', originalCode: 'ENOTFOUND', command: 'CONN' }, 'deferred unreachable_host, channel down'],
  [{ code: 'ETIMEDOUT', timeoutType: 'CONNECT_TIMEOUT' }, 'deferred unreachable_host, channel down'],
  [{ code: 'ETIMEDOUT', timeoutType: 'GREETING_TIMEOUT' }, 'deferred unreachable_host, channel down'],
  [{ code: 'ETIMEDOUT', timeoutType: 'SOCKET_TIMEOUT' }, 'deferred timeout, channel down'],
  [{ code: 'ETLS', command: 'STARTTLS' }, 'deferred tls, channel down'],
  [{ code: 'ESOCKET', originalCode: 'DEPTH_ZERO_SELF_SIGNED_CERT' }, 'deferred tls, channel down'],
  [{ code: 'ESOCKET', originalCode: 'ERR_TLS_CERT_ALTNAME_INVALID' }, 'deferred tls, channel down'],
  [{ code: 'ESOCKET', originalCode: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' }, 'deferred tls, channel down'],
  [{ code: 'ESOCKET', originalCode: 'ERR_SSL_WRONG_VERSION_NUMBER' }, 'deferred tls, channel down'],
  [{ code: 'EAUTH', command: 'API' }, 'deferred unauthorized, channel down'],
  [{ code: 'ENOAUTH' }, 'deferred unauthorized, channel down'],
  [{ code: 'ECONFIG' }, 'deferred misconfigured, channel down'],
  [{ code: 'EENVELOPE', command: 'API' }, 'rejected no_such_destination, destination invalid'],
  [{ code: 'EMESSAGE', command: 'MAIL FROM' }, 'rejected refused_content, destination fine'],
  [{ code: 'EPROTOCOL', command: 'CONN' }, 'deferred provider_error, channel throttled'],
  [{ code: 'ESTREAM' }, 'deferred internal, channel fine'],
  [{ message: 'something else' }, 'deferred internal, channel fine'],
])('%j', (error, expected) => {
  expect(line(classify(error))).toBe(expected)
})

test('a connection that broke is ambiguous exactly when bytes of the letter had left', () => {
  for (const code of ['ESOCKET', 'ECONNECTION', 'ETIMEDOUT']) {
    expect(classify({ code, command: 'CONN' })).not.toHaveProperty('ambiguous')
    expect(classify({ code, command: 'CONN' }, { bodyLeft: true })).toMatchObject({ ambiguous: true })
  }
})

test('an answer to the letter leaves no doubt', () => {
  expect(classify(answer('DATA', '421 4.3.0 closing'), { bodyLeft: true })).not.toHaveProperty('ambiguous')
  expect(classify(answer('DATA', '451 4.3.0 later'), { bodyLeft: true })).not.toHaveProperty('ambiguous')
})

test('a quota is waited out for an hour, or for as long as the provider asks', () => {
  const error = answer('MAIL', '550 5.4.5 Daily sending quota exceeded')
  expect(classify(error)).toMatchObject({ retryAfterMs: QUOTA_PAUSE_MS })
  expect(classify(error, { quotaPauseMs: 86_400_000 })).toMatchObject({ retryAfterMs: 86_400_000 })
})

test('the detail is one line of bounded length', () => {
  const outcome = classify(answer('DATA', `554 5.7.1 ${'long\r\n'.repeat(200)}`))
  expect(outcome).toMatchObject({ detail: expect.stringMatching(/^[^\r\n]{1,300}$/) as string })
})
