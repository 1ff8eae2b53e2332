import type { Profile } from '@nabat/api/profile.ts'

/** What a section of the profile is given. */
export interface SectionProps {
  readonly profile: Profile
  /** The card is not changed here. */
  readonly locked: boolean
}
