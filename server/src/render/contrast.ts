/** How bright a colour `#rrggbb` is, from 0 to 1, as WCAG 2 counts it. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = parseInt(colour.slice(at, at + 2), 16) / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/** How far two colours are apart, from 1 to 21; text needs 4.5. */
export function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((one, other) => other - one) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

const WHITE = '#ffffff'
const BLACK = '#111418'

/** The colour of text on a colour: white where it can be read, else nearly black. */
export const textOn = (colour: string): string =>
  contrast(colour, WHITE) >= 4.5 || contrast(colour, WHITE) >= contrast(colour, BLACK) ? WHITE : BLACK
