/** What somebody may do in a project. Each has those before it. */
export const RIGHTS = ["read", "write", "run", "admin"] as const

/** `read` its data and jobs; `write` data and metadata; `run` gears on it; `admin`: who else may, rules, deletion. */
export type Right = (typeof RIGHTS)[number]

/** What an API key, or a job's token, is held to: one right, in one project or in all that its user has. */
export interface Scope {
  readonly right: Right
  /** Absent: every project of the user's. */
  readonly project?: string
}

/** Who asks, as found out once at the door. */
export interface Caller {
  /** `person`: with a password, OpenID Connect or a key. `job`: a running gear, for whoever started it. `system`: the server itself. */
  readonly kind: "person" | "job" | "runner" | "system"
  /** Whose rights count; the id of its token for a runner; `system` for the server. */
  readonly user: string
  /** May do everything, unless `scopes` holds it back. */
  readonly siteAdmin: boolean
  /** Absent: all that the user may. */
  readonly scopes?: readonly Scope[]
  /** The job that it speaks for, or that its token was made for. */
  readonly job?: string
  /** The attempt of `job` that the token was made for. */
  readonly attempt?: number
  /** Of a runner whose token is held to labels: it has these, whatever it says itself. */
  readonly labels?: Readonly<Record<string, string>>
  /** How it showed who it is, and from where: for the audit. */
  readonly by: {
    readonly method: "session" | "key" | "job-token" | "runner-token" | "none"
    readonly id?: string
    readonly address?: string
  }
}

/** The server, when it acts by itself: for schedules, retention, expiry. */
export const SYSTEM: Caller = { kind: "system", user: "system", siteAdmin: true, by: { method: "none" } }
