import type { Generated } from "kysely"

/** Who uses the server, what they show of it, what they may do, and what they did. Of secrets only digests are kept. */
export interface PeopleTables {
  users: UserRow
  passwords: PasswordRow
  identities: IdentityRow
  sessions: SessionRow
  api_keys: ApiKeyRow
  job_tokens: JobTokenRow
  runner_tokens: RunnerTokenRow
  project_members: ProjectMemberRow
  group_members: GroupMemberRow
  login_delays: LoginDelayRow
  oidc_logins: OidcLoginRow
  audit: AuditRow
}

export interface UserRow {
  id: string
  /** As it is shown. */
  login: string
  /** As it is looked for: NFKC, lower case. */
  login_key: string
  email: string | null
  email_key: string | null
  name: string
  /** 1: may do everything. */
  site_admin: number
  /** Since when nothing of this user's is let in. */
  disabled_ms: number | null
  created_ms: number
  modified_ms: number
  revision: number
}

export interface PasswordRow {
  user_id: string
  /** Algorithm, its parameters, salt and hash. @see https://github.com/P-H-C/phc-string-format */
  phc: string
  changed_ms: number
}

/** Somebody at another place who logs people in. */
export interface IdentityRow {
  issuer: string
  /** What the issuer calls them; never given to another. */
  subject: string
  user_id: string
  created_ms: number
}

export interface SessionRow {
  id: string
  secret_digest: string
  user_id: string
  created_ms: number
  /** About when it was used last. */
  seen_ms: number
  /** From when it does not count, however often it is used. */
  expires_ms: number
  method: "password" | "oidc"
  address: string | null
}

export interface ApiKeyRow {
  id: string
  secret_digest: string
  user_id: string
  label: string
  /** JSON: list of `Scope`; null for all that the user may. */
  scopes: string | null
  created_ms: number
  expires_ms: number | null
  seen_ms: number | null
  seen_address: string | null
  revoked_ms: number | null
}

/** There while the attempt runs, and no longer. */
export interface JobTokenRow {
  id: string
  secret_digest: string
  job: string
  attempt: number
  user_id: string
  project: string
  access_right: string
  created_ms: number
}

export interface RunnerTokenRow {
  id: string
  secret_digest: string
  label: string
  /** JSON: labels that runners with this token have, whatever they say; null for what they say. */
  runner_labels: string | null
  created_ms: number
  created_by: string
  expires_ms: number | null
  seen_ms: number | null
  seen_address: string | null
  revoked_ms: number | null
}

export interface ProjectMemberRow {
  project: string
  user_id: string
  access_right: string
  given_ms: number
  given_by: string
}

export interface GroupMemberRow {
  group_id: string
  user_id: string
  access_right: string
  given_ms: number
  given_by: string
}

/** How often logging in has failed lately, by account and by address. */
export interface LoginDelayRow {
  subject: string
  failures: number
  last_ms: number
  until_ms: number
}

/** Somebody who was sent to log in elsewhere, and is not back yet. */
export interface OidcLoginRow {
  state_digest: string
  verifier: string
  nonce: string
  return_to: string
  expires_ms: number
}

/** What was asked, and what the answer was. Rows are added, and never changed. */
export interface AuditRow {
  seq: Generated<number>
  at_ms: number
  /** Null when nobody is known. */
  user_id: string | null
  action: string
  /** The id of what it was asked of. */
  target: string | null
  project: string | null
  outcome: "allowed" | "refused"
  /** Code of the error, when refused. */
  reason: string | null
  method: string
  /** Of the session, key or token. */
  shown_id: string | null
  job: string | null
  address: string | null
}
