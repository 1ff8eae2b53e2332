import { Anchor, Code } from '@mantine/core'
import { createElement, useMemo, type ReactNode } from 'react'

/** What messages are written with beside plain text; anything else shows its text alone. */
const PLAIN = { B: 'b', STRONG: 'b', I: 'i', EM: 'i', U: 'u', S: 's', PRE: 'pre' } as const

/** The inline HTML of a message. It is parsed and drawn anew, so nothing of it runs, whatever it holds. */
export function InlineHtml({ html }: { readonly html: string }) {
  const nodes = useMemo(() => [...new DOMParser().parseFromString(html, 'text/html').body.childNodes].map(draw), [html])
  return <>{nodes}</>
}

function draw(node: Node, key: number): ReactNode {
  if (!(node instanceof Element)) return node.nodeType === Node.TEXT_NODE ? node.textContent : null
  const children = [...node.childNodes].map(draw)
  if (node.tagName === 'BR') return <br key={key} />
  if (node.tagName === 'CODE') return <Code key={key}>{children}</Code>
  if (node instanceof HTMLAnchorElement && /^https?:/.test(node.href))
    return (
      <Anchor key={key} href={node.href} target="_blank" rel="noreferrer" inherit underline="always">
        {children}
      </Anchor>
    )
  if (node.tagName === 'SCRIPT' || node.tagName === 'STYLE') return null
  const tag = PLAIN[node.tagName as keyof typeof PLAIN]
  return tag === undefined ? children : createElement(tag, { key }, children)
}
