import { Anchor, Grid } from '@mantine/core'
import { useNavigate, useParams, useSearchParams } from 'react-router'
import { useEntityForm } from '../../components/entity-form.ts'
import { Failure } from '../../components/failure.tsx'
import { FormFrame } from '../../components/form-frame.tsx'
import { Loading } from '../../components/loading.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { RemoveButton } from '../../components/remove.tsx'
import { useEntity } from '../../data/entities.ts'
import type { StoredUser } from '../../data/people.ts'
import { useMay } from '../../data/session.ts'
import { useWords } from '../../i18n.ts'
import { peopleWords } from '../../words/people.ts'
import { roleWords } from '../../words/roles.ts'
import { shellWords } from '../../words/shell.ts'
import { UserAccess } from './user-access.tsx'
import { UserFields } from './user-fields.tsx'
import { UserGroups } from './user-groups.tsx'
import { UserReach } from './user-reach.tsx'
import { readUser, writeUser, type UserValues } from './user-values.ts'

/** The employee card, or a new one. */
export function UserPage() {
  const { id } = useParams()
  const found = useEntity<StoredUser>('users', id === 'new' ? undefined : id)
  if (found.error !== null) return <Failure error={found.error} again={() => void found.refetch()} />
  if (id !== 'new' && found.data === undefined) return <Loading />
  return <UserForm key={id} user={id === 'new' ? undefined : found.data} />
}

const FIELDS: Readonly<Record<string, string>> = {
  'quietHours.from': 'quietHours',
  'quietHours.to': 'quietHours',
  'workingHours.from': 'workingHours',
  'workingHours.to': 'workingHours',
  'workingHours.days': 'workingHours',
}

function UserForm({ user }: { readonly user: StoredUser | undefined }) {
  const t = useWords(peopleWords)
  const shell = useWords(shellWords)
  const go = useNavigate()
  const [search] = useSearchParams()
  const writes = useMay('people.write')
  const isClient = user?.roles?.length === 1 && user.roles[0] === 'client'
  const entityForm = useEntityForm<UserValues, StoredUser>({
    section: 'users',
    entity: user,
    read: readUser,
    write: writeUser,
    fieldOf: (pointer) => {
      const name = pointer.slice(1).replaceAll('/', '.')
      return FIELDS[name] ?? name
    },
  })
  const { form } = entityForm
  const up = { to: isClient || search.has('client') ? '/people?tab=clients' : '/people', title: shell('people') }
  // Who may only look has come to reach this person.
  const beside = user !== undefined && (
    <Grid.Col span={{ base: 12, md: 4.5 }}>
      <UserReach user={user} />
      <UserAccess user={user} />
      <UserGroups user={user} />
    </Grid.Col>
  )
  const locked = user?.origin === 'file' ? 'file' : writes ? undefined : 'role'
  return (
    <>
      <PageHeader
        title={user === undefined ? t('newPerson') : (user.name ?? user.login)}
        text={user !== undefined && <Call user={user} />}
        up={up}
      />
      <Grid gap="xl">
        {!writes && beside}
        <Grid.Col span={{ base: 12, md: 7.5 }}>
          <FormFrame
            form={entityForm}
            dirty={form.isDirty()}
            locked={locked}
            actions={
              user !== undefined && (
                <RemoveButton section="users" id={user.id} name={user.name ?? user.login} then={() => void go(up.to)} />
              )
            }
          >
            <UserFields form={form} isNew={user === undefined} />
          </FormFrame>
        </Grid.Col>
        {writes && beside}
      </Grid>
    </>
  )
}

/** Who it is, and how to call or write at once. */
function Call({ user: { roles = [], phone, email, extension } }: { readonly user: StoredUser }) {
  const t = useWords(peopleWords)
  const role = useWords(roleWords)
  const parts: React.ReactNode[] = [
    roles.map((each) => role(each)).join(', '),
    phone !== undefined && (
      <Anchor href={`tel:${phone.replaceAll(/[^\d+]/g, '')}`} inherit underline="always">
        {phone}
      </Anchor>
    ),
    extension !== undefined && t('extensionShort', { extension }),
    email !== undefined && (
      <Anchor href={`mailto:${email}`} inherit underline="always">
        {email}
      </Anchor>
    ),
  ].filter((part) => part !== false && part !== '')
  return parts.map((part, index) => (
    // The parts stand where they stand.
    <span key={index}>
      {index > 0 && ' · '}
      {part}
    </span>
  ))
}
