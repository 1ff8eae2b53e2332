/** The first that fits, in this order: every browser claims to be those below it. */
const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/YaBrowser\//, 'Яндекс Браузер'],
  [/OPR\//, 'Opera'],
  [/Edg\//, 'Edge'],
  [/Firefox\//, 'Firefox'],
  [/Chrome\//, 'Chrome'],
  [/Safari\//, 'Safari'],
]
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/iPhone|iPad/, 'iOS'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/Mac OS X/, 'macOS'],
  [/Linux/, 'Linux'],
]

/** Browser and system in what a browser says of itself; null where it names none that is known. */
export function deviceIn(agent: string | null): { readonly browser: string; readonly system: string } | null {
  const browser = BROWSERS.find(([says]) => says.test(agent ?? ''))?.[1]
  const system = SYSTEMS.find(([says]) => says.test(agent ?? ''))?.[1]
  return browser === undefined || system === undefined ? null : { browser, system }
}
