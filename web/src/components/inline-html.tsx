import { Anchor, Code, Text } from '@mantine/core'
import { createElement, useMemo, type ReactNode } from 'react'

/** What messages are written with beside plain text; anything else shows its text alone. */
const PLAIN = {
  ...{ B: 'b', STRONG: 'b', I: 'i', EM: 'i', U: 'u', S: 's' },
  ...{ PRE: 'pre', BLOCKQUOTE: 'blockquote' },
} as const

interface InlineHtmlProps {
  readonly html: string
  /** Links lead where they say; otherwise they only look like links, as in a preview. */
  readonly leads: boolean
}

/** The inline HTML of a message. It is parsed and drawn anew without attributes, so nothing of it runs, whatever it holds. */
export function InlineHtml({ html, leads }: InlineHtmlProps) {
  const nodes = useMemo(() => drawn(new DOMParser().parseFromString(html, 'text/html').body, leads), [html, leads])
  return <>{nodes}</>
}

const drawn = (parent: Node, leads: boolean): ReactNode[] =>
  Array.from(parent.childNodes, (node, key) => draw(node, key, leads))

function draw(node: Node, key: number, leads: boolean): ReactNode {
  if (!(node instanceof Element)) return node.nodeType === Node.TEXT_NODE ? node.textContent : null
  if (node.tagName === 'SCRIPT' || node.tagName === 'STYLE') return null
  if (node.tagName === 'BR') return <br key={key} />
  const children = drawn(node, leads)
  if (node.tagName === 'CODE') return <Code key={key}>{children}</Code>
  if (node instanceof HTMLAnchorElement && /^https?:/.test(node.href))
    return leads ? (
      <Anchor key={key} href={node.href} target="_blank" rel="noreferrer" inherit underline="always">
        {children}
      </Anchor>
    ) : (
      <Text key={key} span inherit c="var(--nabat-info)" td="underline" title={node.href}>
        {children}
      </Text>
    )
  const tag = PLAIN[node.tagName as keyof typeof PLAIN]
  return tag === undefined ? children : createElement(tag, { key }, children)
}
