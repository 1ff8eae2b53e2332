import { encode } from 'uqr'

interface QrCodeProps {
  readonly text: string
  /** What it is, for screen readers. */
  readonly label: string
  /** Pixels. */
  readonly size?: number
}

/** Light around the code, in modules: phones ask for it. */
const BORDER = 3

/** A text to be read by the camera of a phone; black on white in the dark as well, as cameras want it. */
export function QrCode({ text, label, size = 200 }: QrCodeProps) {
  const { data, size: modules } = encode(text, { ecc: 'M', border: BORDER })
  const path = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : []))).join('')
  return (
    <svg
      role="img"
      aria-label={label}
      width={size}
      height={size}
      viewBox={`0 0 ${modules} ${modules}`}
      shapeRendering="crispEdges"
      style={{ borderRadius: 'var(--mantine-radius-md)', flexShrink: 0 }}
    >
      <rect width={modules} height={modules} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  )
}
