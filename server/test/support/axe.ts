import axe, { type AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'

/** WCAG 2.2 AA, and what the makers of axe advise beyond it. */
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/**
 * What is wrong with the page as it is now for people who do not see, or do not use a mouse; one line each, empty when
 * nothing is. `within`: a selector of the only part to look at.
 */
export async function axeViolations(page: Page, within?: string): Promise<string[]> {
  // What fades in has a low contrast until it is there.
  await page.evaluate(() => Promise.all(document.getAnimations().map((each) => each.finished.catch(() => undefined))))
  await page.evaluate(axe.source)
  const options = {
    runOnly: { type: 'tag' as const, values: TAGS },
    // Of WCAG 2.2 AA, but not on by itself.
    rules: { 'target-size': { enabled: true } },
  }
  const { violations } = await page.evaluate(
    ([selector, given]) =>
      (globalThis as unknown as { axe: { run(on: unknown, options: unknown): Promise<AxeResults> } }).axe.run(
        selector ?? document,
        given,
      ),
    [within, options] as const,
  )
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${help} ${target.join(' ')}\n${failureSummary ?? ''}`),
  )
}
