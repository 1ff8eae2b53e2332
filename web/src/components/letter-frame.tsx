import { useElementSize } from '@mantine/hooks'
import { useCallback, useEffect, useRef } from 'react'
import { useWords } from '../i18n.ts'
import { templateWords } from '../words/templates.ts'
import classes from './letter-frame.module.css'

/** Widths letters are looked at, pixels. */
const WIDTHS = { desktop: 680, phone: 375 } as const

interface LetterFrameProps {
  /** A whole HTML document. */
  readonly html: string
  readonly width: keyof typeof WIDTHS
  /** Pixels; what is longer is scrolled. */
  readonly height?: number
}

/**
 * A letter as its reader sees it. It stands in a frame that has no origin and a policy of its own (server/src/http/console.ts):
 * styles and pictures are let through, nothing in it can run. The frame's one script, known by its hash, puts the letter in.
 */
export function LetterFrame({ html, width, height = 560 }: LetterFrameProps) {
  const t = useWords(templateWords)
  const frame = useRef<HTMLIFrameElement>(null)
  const { ref, width: room } = useElementSize()
  const show = useCallback((): void => frame.current?.contentWindow?.postMessage(html, '*'), [html])
  useEffect(show, [show])
  const scale = room === 0 ? 1 : Math.min(1, room / WIDTHS[width])
  return (
    <div ref={ref} className={classes['letter']} style={{ height }}>
      <iframe
        ref={frame}
        title={t('letterFrame')}
        src="/letter-frame"
        sandbox="allow-scripts"
        onLoad={show}
        style={{
          width: WIDTHS[width],
          height: height / scale,
          transform: `scale(${scale})`,
          marginInlineStart: Math.max(0, (room - WIDTHS[width]) / 2),
        }}
      />
    </div>
  )
}
