import type { Permission } from '@nabat/api/permissions.ts'
import {
  IconAlertTriangle,
  IconBell,
  IconBellOff,
  IconBook,
  IconBuilding,
  IconBuildingCommunity,
  IconCalendarTime,
  IconChartBar,
  IconFileCode,
  IconHistory,
  IconInbox,
  IconKey,
  IconListDetails,
  IconPlayerPlay,
  IconPlugConnectedX,
  IconSend,
  IconTemplate,
  IconUserQuestion,
  IconUsers,
  type Icon,
} from '@tabler/icons-react'
import type { ComponentType } from 'react'
import type { WordKey } from './i18n.ts'
import type { shellWords } from './words/shell.ts'

/** Groups of the navigation, in their order. */
export const GROUPS = ['demo', 'log', 'settings', 'more', 'installation'] as const

/** A page of the console. */
export interface Page {
  readonly path: string
  /** Its word in the navigation and in the title of the window. */
  readonly title: WordKey<typeof shellWords.ru>
  /** Who sees it: those who may do any of this; empty, everybody who has signed in. */
  readonly anyOf: readonly Permission[]
  /** Only for the operator of the installation. */
  readonly operator?: true
  /** Only in a demonstration. */
  readonly demo?: true
  /** Where it stands in the navigation; without it, it is reached from another page. */
  readonly nav?: { readonly group: (typeof GROUPS)[number]; readonly icon: Icon }
  readonly load: () => Promise<ComponentType>
}

/** Every page behind the sign-in. The router, the navigation, the tests of access and the screenshots go by this list. */
export const PAGES: readonly Page[] = [
  {
    path: '/demo',
    title: 'demo',
    // Without it there would be nothing to press there.
    anyOf: ['events.send'],
    demo: true,
    nav: { group: 'demo', icon: IconPlayerPlay },
    load: () => import('./pages/demo/demo-page.tsx').then(({ DemoPage }) => DemoPage),
  },
  {
    path: '/start',
    title: 'start',
    anyOf: ['configuration.write'],
    load: () => import('./pages/start/start-page.tsx').then(({ StartPage }) => StartPage),
  },
  {
    path: '/overview',
    title: 'overview',
    anyOf: ['events.read'],
    nav: { group: 'log', icon: IconChartBar },
    load: () => import('./pages/overview/overview-page.tsx').then(({ OverviewPage }) => OverviewPage),
  },
  {
    path: '/events',
    title: 'events',
    anyOf: ['events.read'],
    nav: { group: 'log', icon: IconListDetails },
    load: () => import('./pages/events/events-page.tsx').then(({ EventsPage }) => EventsPage),
  },
  {
    path: '/events/:id',
    title: 'event',
    anyOf: ['events.read'],
    load: () => import('./pages/events/event-page.tsx').then(({ EventPage }) => EventPage),
  },
  {
    path: '/deliveries',
    title: 'deliveries',
    anyOf: ['events.read'],
    nav: { group: 'log', icon: IconSend },
    load: () => import('./pages/deliveries/deliveries-page.tsx').then(({ DeliveriesPage }) => DeliveriesPage),
  },
  {
    path: '/deliveries/:id',
    title: 'delivery',
    anyOf: ['events.read'],
    load: () => import('./pages/deliveries/delivery-page.tsx').then(({ DeliveryPage }) => DeliveryPage),
  },
  {
    path: '/incidents',
    title: 'incidents',
    anyOf: ['events.read'],
    nav: { group: 'log', icon: IconAlertTriangle },
    load: () => import('./pages/incidents/incidents-page.tsx').then(({ IncidentsPage }) => IncidentsPage),
  },
  {
    path: '/incidents/:key',
    title: 'incident',
    anyOf: ['events.read'],
    load: () => import('./pages/incidents/incident-page.tsx').then(({ IncidentPage }) => IncidentPage),
  },
  {
    path: '/inbox',
    title: 'inbox',
    anyOf: [],
    nav: { group: 'log', icon: IconInbox },
    load: () => import('./pages/inbox/inbox-page.tsx').then(({ InboxPage }) => InboxPage),
  },
  {
    path: '/notifications',
    title: 'notifications',
    anyOf: ['rules.read', 'bots.read', 'mail.read'],
    nav: { group: 'settings', icon: IconBell },
    load: () =>
      import('./pages/notifications/notifications-page.tsx').then(({ NotificationsPage }) => NotificationsPage),
  },
  {
    path: '/notifications/rules/:id',
    title: 'rule',
    anyOf: ['rules.read'],
    load: () => import('./pages/rules/rule-page.tsx').then(({ RulePage }) => RulePage),
  },
  {
    path: '/notifications/channels/new/:kind',
    title: 'channel',
    anyOf: ['bots.write', 'mail.write'],
    load: () => import('./pages/channels/channel-page.tsx').then(({ ChannelPage }) => ChannelPage),
  },
  {
    path: '/notifications/channels/:id',
    title: 'channel',
    anyOf: ['bots.read', 'mail.read'],
    load: () => import('./pages/channels/channel-page.tsx').then(({ ChannelPage }) => ChannelPage),
  },
  {
    path: '/silences',
    title: 'silences',
    anyOf: ['silences.read'],
    nav: { group: 'settings', icon: IconBellOff },
    load: () => import('./pages/silences/silences-page.tsx').then(({ SilencesPage }) => SilencesPage),
  },
  {
    path: '/silences/:id',
    title: 'silence',
    anyOf: ['silences.read'],
    load: () => import('./pages/silences/silence-page.tsx').then(({ SilencePage }) => SilencePage),
  },
  {
    path: '/people',
    title: 'people',
    anyOf: ['people.read'],
    nav: { group: 'settings', icon: IconUsers },
    load: () => import('./pages/people/people-page.tsx').then(({ PeoplePage }) => PeoplePage),
  },
  {
    path: '/people/import',
    title: 'import',
    anyOf: ['people.write'],
    load: () => import('./pages/people/import-page.tsx').then(({ ImportPage }) => ImportPage),
  },
  {
    path: '/people/users/:id',
    title: 'user',
    anyOf: ['people.read'],
    load: () => import('./pages/people/user-page.tsx').then(({ UserPage }) => UserPage),
  },
  {
    path: '/people/groups/:id',
    title: 'group',
    anyOf: ['people.read'],
    load: () => import('./pages/people/group-page.tsx').then(({ GroupPage }) => GroupPage),
  },
  {
    path: '/schedules',
    title: 'schedules',
    anyOf: ['schedules.read'],
    nav: { group: 'settings', icon: IconCalendarTime },
    load: () => import('./pages/schedules/schedules-page.tsx').then(({ SchedulesPage }) => SchedulesPage),
  },
  {
    path: '/schedules/:id',
    title: 'schedule',
    anyOf: ['schedules.read'],
    load: () => import('./pages/schedules/schedule-page.tsx').then(({ SchedulePage }) => SchedulePage),
  },
  {
    path: '/templates',
    title: 'templates',
    anyOf: ['templates.read'],
    nav: { group: 'settings', icon: IconTemplate },
    load: () => import('./pages/templates/templates-page.tsx').then(({ TemplatesPage }) => TemplatesPage),
  },
  {
    path: '/templates/:id',
    title: 'template',
    anyOf: ['templates.read'],
    load: () => import('./pages/templates/template-page.tsx').then(({ TemplatePage }) => TemplatePage),
  },
  {
    path: '/company',
    title: 'company',
    anyOf: ['workspace.write'],
    nav: { group: 'settings', icon: IconBuilding },
    load: () => import('./pages/company/company-page.tsx').then(({ CompanyPage }) => CompanyPage),
  },
  {
    path: '/catalogue',
    title: 'catalogue',
    anyOf: ['types.read'],
    nav: { group: 'more', icon: IconBook },
    load: () => import('./pages/catalogue/catalogue-page.tsx').then(({ CataloguePage }) => CataloguePage),
  },
  {
    path: '/catalogue/:id',
    title: 'ownType',
    anyOf: ['types.read'],
    load: () => import('./pages/catalogue/type-page.tsx').then(({ TypePage }) => TypePage),
  },
  {
    path: '/reachability',
    title: 'reachability',
    anyOf: ['reachability.read'],
    nav: { group: 'more', icon: IconPlugConnectedX },
    load: () => import('./pages/reachability/reachability-page.tsx').then(({ ReachabilityPage }) => ReachabilityPage),
  },
  {
    path: '/changes',
    title: 'changes',
    anyOf: ['changes.read'],
    nav: { group: 'more', icon: IconHistory },
    load: () => import('./pages/changes/changes-page.tsx').then(({ ChangesPage }) => ChangesPage),
  },
  {
    path: '/configuration',
    title: 'configuration',
    anyOf: ['configuration.write'],
    nav: { group: 'more', icon: IconFileCode },
    load: () =>
      import('./pages/configuration/configuration-page.tsx').then(({ ConfigurationPage }) => ConfigurationPage),
  },
  {
    path: '/keys',
    title: 'keys',
    anyOf: ['keys.write'],
    nav: { group: 'more', icon: IconKey },
    load: () => import('./pages/keys/keys-page.tsx').then(({ KeysPage }) => KeysPage),
  },
  {
    path: '/workspaces',
    title: 'workspaces',
    anyOf: [],
    operator: true,
    nav: { group: 'installation', icon: IconBuildingCommunity },
    load: () => import('./pages/workspaces/workspaces-page.tsx').then(({ WorkspacesPage }) => WorkspacesPage),
  },
  {
    path: '/mine',
    title: 'mine',
    anyOf: [],
    nav: { group: 'log', icon: IconUserQuestion },
    load: () => import('./pages/mine/mine-page.tsx').then(({ MinePage }) => MinePage),
  },
  {
    path: '/account',
    title: 'account',
    anyOf: [],
    load: () => import('./pages/account/account-page.tsx').then(({ AccountPage }) => AccountPage),
  },
]
