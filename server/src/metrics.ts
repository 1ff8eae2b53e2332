import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Outcome } from './pipeline/outcome.ts'

/** What the process counts; /metrics shows it in the Prometheus format. */
export class Metrics {
  readonly registry = new Registry()
  readonly #events = new Counter({
    name: 'nabat_events_total',
    help: 'Events by what became of them at the door',
    labelNames: ['status'] as const,
    registers: [this.registry],
  })
  readonly #attempts = new Counter({
    name: 'nabat_attempts_total',
    help: 'Attempts by kind of channel, verdict and reason',
    labelNames: ['channel', 'verdict', 'reason'] as const,
    registers: [this.registry],
  })
  readonly #seconds = new Histogram({
    name: 'nabat_attempt_seconds',
    help: 'How long an attempt took',
    labelNames: ['channel'] as const,
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10, 30],
    registers: [this.registry],
  })

  events(status: 'accepted' | 'duplicate' | 'refused' | 'unavailable', count: number): void {
    if (count > 0) this.#events.inc({ status }, count)
  }

  attempt(channel: string, outcome: Outcome, tookMs: number): void {
    const reason = outcome.verdict === 'sent' ? '' : outcome.reason
    this.#attempts.inc({ channel, verdict: outcome.verdict, reason })
    this.#seconds.observe({ channel }, tookMs / 1000)
  }

  /** A figure that is looked up when somebody asks. */
  gauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name,
      help,
      registers: [this.registry],
      collect() {
        this.set(read())
      },
    })
  }
}
