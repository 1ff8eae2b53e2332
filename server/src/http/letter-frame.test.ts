import { expect, it, onTestFinished } from 'vitest'
import { startTestServer } from '../../test/support/server.ts'

it('the frame for letters runs its own script and nothing else, has no origin, and stands in the console alone', async () => {
  const server = await startTestServer()
  onTestFinished(() => server.stop())
  const answer = await fetch(`${server.url}/letter-frame`)
  expect(answer.status).toBe(200)
  const policy = new Map(
    answer.headers
      .get('content-security-policy')!
      .split(';')
      .map((each) => each.trim().split(/ (.*)/) as [string, string]),
  )
  expect(policy.get('default-src')).toBe("'none'")
  expect(policy.get('script-src')).toMatch(/^'sha256-[^ ]+'$/)
  expect(policy.get('sandbox')).toBe('allow-scripts')
  expect(policy.get('frame-ancestors')).toBe("'self'")
  expect(answer.headers.get('x-frame-options')).toBe('SAMEORIGIN')
  expect(await answer.text()).not.toContain(server.key)
})
