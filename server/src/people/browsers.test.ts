import { expect, it } from 'vitest'
import { browserTitle } from './browsers.ts'

const CHROME = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0'

it.each([
  [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${CHROME} Safari/537.36`, 'Chrome на Windows'],
  [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${CHROME} Safari/537.36 Edg/130.0`, 'Edge на Windows'],
  [`Mozilla/5.0 (Windows NT 10.0) ${CHROME} YaBrowser/24.10 Safari/537.36`, 'Яндекс Браузер на Windows'],
  [`Mozilla/5.0 (Linux; Android 14; Pixel 8) ${CHROME} Mobile Safari/537.36`, 'Chrome на Android'],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0', 'Firefox на Linux'],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_4 like Mac OS X) AppleWebKit/605.1.15 Version/18.4 Mobile/15E148 Safari/604.1',
    'Safari на iPhone',
  ],
  [
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.4 Safari/605.1.15',
    'Safari на macOS',
  ],
  ['curl/8', 'Браузер'],
  [null, 'Браузер'],
])('%s is called «%s»', (agent, title) => {
  expect(browserTitle(agent, 'ru')).toBe(title)
})
