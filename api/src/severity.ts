/** How urgent an event is. Critical ones overtake the others, pass quiet hours and never wait in a digest. */
export const SEVERITIES = ['info', 'warning', 'critical'] as const
export type Severity = (typeof SEVERITIES)[number]
