import { type ErrorCode, GeartrainError, isGeartrainError } from "@geartrain/spec"
import type { Database, Queries } from "../../database/database.ts"
import type { Access, AccessRequest } from "../access.ts"
import { type Audit, type AuditEntry, askedBy } from "../audit/audit.ts"
import { type Caller, RIGHTS, type Right } from "../caller.ts"
import { groupStanding, projectStanding, readableProjects, type Standing } from "./standing.ts"

export interface AccessParts {
  readonly database: Database
  readonly audit: Audit
  /** Told of what was allowed though the audit cannot be written now. */
  readonly onUnnoted: (entry: Omit<AuditEntry, "atMs">, why: GeartrainError) => void
}

/**
 * Decides by the database, at each question anew, so that a right that is taken away is gone at once.
 *
 * A caller has the highest right that the project or its group gives, or all as an admin of the site; of that, what the scopes of its key or token
 * leave.
 */
export function makeAccess({ database, audit, onUnnoted }: AccessParts): Access {
  const standingOf = async (caller: Caller, project: string): Promise<Standing> =>
    caller.kind === "runner" ? NOTHING : projectStanding(database.read, { user: caller.user, project })
  const need = async (caller: Caller, request: AccessRequest): Promise<void> => {
    const { exists, given } = await standingOf(caller, request.project)
    const has = (right: Right): boolean => exists && allows(caller, { right, given, project: request.project })
    const entry = { ...askedBy(caller), action: request.action, target: request.target, project: request.project }
    if (has(request.right)) return audit.add({ ...entry, outcome: "allowed" })
    const code = has("read") ? "NOT_PERMITTED" : "PROJECT_NOT_FOUND"
    await audit.addNow({ ...entry, outcome: "refused", reason: code })
    throw refusal(code, request)
  }
  const needSiteAdmin: Access["needSiteAdmin"] = async (caller, action, target) => {
    const entry = { ...askedBy(caller), action, target }
    if (isAdminOfSite(caller)) return audit.addNow({ ...entry, outcome: "allowed" })
    await audit.addNow({ ...entry, outcome: "refused", reason: "NOT_PERMITTED" })
    throw new GeartrainError("NOT_PERMITTED", `Cannot do ${action}: only an admin of the site may`, {
      hint: "Ask an admin of the site; a key needs to be one without scopes",
    })
  }
  return {
    need,
    needEach: async (caller, { targets, ...request }) => {
      const [target, ...others] = targets
      if (target === undefined) return
      await need(caller, { ...request, target })
      const entry = {
        ...askedBy(caller),
        action: request.action,
        project: request.project,
        outcome: "allowed" as const,
      }
      for (const other of others) await audit.add({ ...entry, target: other })
    },
    may: async (caller, right, project) => {
      const { exists, given } = await standingOf(caller, project)
      return exists && allows(caller, { right, given, project })
    },
    readable: async (caller) => {
      const scoped = caller.scopes?.map(({ project }) => project)
      const everywhere = scoped === undefined || scoped.includes(undefined)
      if (isAlmighty(caller) && everywhere) return "all"
      if (caller.kind === "runner") return []
      const all = isAlmighty(caller) ? scoped : await readableProjects(database.read, caller.user)
      const projects = (all ?? []).filter((project) => project !== undefined)
      return everywhere ? projects : projects.filter((project) => scoped.includes(project))
    },
    needSiteAdmin,
    needSiteAdminInTrouble: async (caller, action) => {
      if (!isAdminOfSite(caller)) return needSiteAdmin(caller, action)
      const entry = { ...askedBy(caller), action, outcome: "allowed" as const }
      await audit.addNow(entry).catch((error: unknown) => {
        if (!isGeartrainError(error) || !IN_TROUBLE.includes(error.code)) throw error
        onUnnoted(entry, error)
      })
    },
    needGroup: async (caller, { right, group, action, target = group }) => {
      const { exists, given } =
        caller.kind === "person" ? await groupStanding(database.read, { user: caller.user, group }) : NOTHING
      const entry = { ...askedBy(caller), action, target }
      const isGiven = isAlmighty(caller) || (exists && includes(given, right))
      if (isGiven && caller.scopes === undefined) return audit.addNow({ ...entry, outcome: "allowed" })
      await audit.addNow({ ...entry, outcome: "refused", reason: "NOT_PERMITTED" })
      throw new GeartrainError(
        "NOT_PERMITTED",
        `Cannot do ${action}: it needs the right "${right}" in group "${group}"`,
        {
          hint: "Ask an admin of the group, or of the site",
        },
      )
    },
    callerFor: (user, queries = database.read) => callerFor(queries, user),
  }
}

const NOTHING: Standing = { exists: false, given: undefined }

function allows(
  caller: Caller,
  asked: { readonly right: Right; readonly given: Right | undefined; readonly project: string },
): boolean {
  const isGiven = isAlmighty(caller) || includes(asked.given, asked.right)
  if (!isGiven || caller.scopes === undefined) return isGiven
  return caller.scopes.some(
    ({ right, project }) => (project === undefined || project === asked.project) && includes(right, asked.right),
  )
}

/** A key that is held to something is held to something in projects: it administers no site. */
function isAdminOfSite(caller: Caller): boolean {
  return isAlmighty(caller) && caller.scopes === undefined
}

/** What a database says that takes nothing. */
const IN_TROUBLE: readonly ErrorCode[] = ["STORE_FULL", "DATABASE_UNAVAILABLE", "DATABASE_FAILED"]

function isAlmighty(caller: Caller): boolean {
  return caller.siteAdmin && caller.kind !== "runner"
}

function includes(has: Right | undefined, asked: Right): boolean {
  return has !== undefined && RIGHTS.indexOf(has) >= RIGHTS.indexOf(asked)
}

function refusal(code: "NOT_PERMITTED" | "PROJECT_NOT_FOUND", request: AccessRequest): GeartrainError {
  return code === "NOT_PERMITTED"
    ? new GeartrainError(code, `Cannot do ${request.action}: it needs the right "${request.right}" in this project`, {
        details: { action: request.action, right: request.right, project: request.project },
        hint: "Ask an admin of the project",
      })
    : new GeartrainError(code, `Cannot do ${request.action}: there is no project "${request.project}" that you can see`)
}

async function callerFor(queries: Queries, user: string): Promise<Caller | undefined> {
  const row = await queries
    .selectFrom("users")
    .select(["id", "site_admin"])
    .where("id", "=", user)
    .where("disabled_ms", "is", null)
    .executeTakeFirst()
  return row && { kind: "person", user: row.id, siteAdmin: row.site_admin === 1, by: { method: "none" } }
}
