import { Type, type Static } from 'typebox'

/** Hours an overview may look back. */
export const OVERVIEW_HOURS = [24, 168, 720] as const
export type OverviewHours = (typeof OVERVIEW_HOURS)[number]

const moment = (description: string) => Type.String({ format: 'date-time', description })
const count = (description: string) => Type.Integer({ minimum: 0, description })
const orNull = <T extends Parameters<typeof Type.Union>[0][number]>(type: T, description: string) =>
  Type.Union([type, Type.Null()], { description })

const ends = {
  waiting: count('Deliveries that still have to leave'),
  sent: count('Sent'),
  suppressed: count('Not sent, for a stated reason'),
  failed: count('Could not be sent'),
  cancelled: count('Taken out of the queue by somebody, or not needed any more'),
}

const Latency = Type.Object(
  {
    count: count('Messages it is known of'),
    p50Ms: orNull(Type.Integer(), 'Half of them were sent within, milliseconds; null where none was sent'),
    p95Ms: orNull(Type.Integer(), '95 of 100 were sent within, milliseconds'),
  },
  { description: 'From the acceptance of the event to sending, by buckets; digests are not counted' },
)

const Bin = Type.Object(
  {
    from: moment('Its beginning'),
    to: moment('Its end, not in it'),
    ...ends,
    all: Latency,
    critical: Latency,
    channels: Type.Array(Type.Object({ channel: orNull(Type.String(), 'Name; null: no way at all'), ...ends })),
  },
  { description: 'Deliveries made in a part of the period, and how they ended' },
)

const Channel = Type.Object(
  {
    name: orNull(Type.String(), 'Null: people with no way at all'),
    kind: orNull(Type.String(), 'Kind of the channel'),
    removed: Type.Boolean({ description: 'It is not there any more' }),
    ...ends,
    failedShare: orNull(Type.Number(), 'Failed, of those that were sent or failed; null where there were none'),
    down: orNull(
      Type.Object({
        since: moment('Since when'),
        says: orNull(Type.String(), 'Why, in words'),
      }),
      'It does not answer',
    ),
    behind: count('Deliveries of any time that wait for it, as far as 100000'),
    oldest: orNull(Type.String({ format: 'date-time' }), 'When the oldest of these was made'),
  },
  { description: 'A channel of today, or one through which something was to leave' },
)

/** What GET /api/v1/overview answers. */
export const Overview = Type.Object({
  hours: Type.Integer({ enum: [...OVERVIEW_HOURS] }),
  from: moment('The beginning of the period, that of an hour'),
  to: moment('Its end: that of the present hour'),
  left: count('Hours of history that are still to be counted and are not in the figures; ask again'),
  tookMs: count('How long counting took'),
  empty: Type.Boolean({ description: 'Nothing has happened in this workspace yet' }),
  total: Type.Object(ends),
  all: Latency,
  critical: Latency,
  bins: Type.Array(Bin),
  channels: Type.Array(Channel),
  incidents: Type.Object({
    open: count('Open incidents, acknowledged ones too, as far as 10000'),
    unacknowledged: count('Those nobody has taken on'),
    critical: count('Open ones by severity'),
    warning: count('Open ones by severity'),
    info: count('Open ones by severity'),
    oldest: orNull(
      Type.Object({
        key: Type.String(),
        title: Type.String(),
        severity: Type.String(),
        openedAt: moment('When it was opened'),
      }),
      'The oldest one nobody has taken on',
    ),
  }),
  storms: Type.Object({
    messages: count('Messages that left in summaries because there were too many'),
    summaries: count('These summaries'),
  }),
  people: orNull(
    Type.Object({
      people: count('People who have not left'),
      unreachable: count('Those none of whose contacts works'),
      partly: count('Those some of whose contacts do not work'),
    }),
    'Who can be reached; null for those who may not see it',
  ),
  rules: Type.Array(Type.Object({ rule: Type.String(), count: count('Deliveries it made') }), {
    description: 'The busiest five, of the 100 busiest of each hour',
  }),
  subjects: Type.Array(Type.Object({ subject: Type.String(), count: count('Events about it') }), {
    description: 'The five most events were about, of the 100 of each hour',
  }),
  waiting: Type.Object({
    count: count('Deliveries that wait now, as far as 100000'),
    due: count('Those whose time has come'),
    oldest: orNull(Type.String({ format: 'date-time' }), 'When the oldest of them was made'),
  }),
})
export type Overview = Static<typeof Overview>
