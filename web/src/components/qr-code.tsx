import { encode } from 'uqr'

interface QrCodeProps {
  readonly text: string
  /** What a phone that looks at it does; for those who do not see it. */
  readonly label: string
}

/** A text for the camera of a phone. Dark on light in the dark as well: not every camera reads the other way round. */
export function QrCode({ text, label }: QrCodeProps) {
  const { data, size } = encode(text, { border: 2 })
  const dark = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])))
  return (
    <svg viewBox={`0 0 ${size} ${size}`} width={184} height={184} role="img" aria-label={label}>
      <rect width={size} height={size} fill="#fff" />
      <path d={dark.join('')} fill="#000" shapeRendering="crispEdges" />
    </svg>
  )
}
