import { GeartrainError } from "@geartrain/spec"
import type { Access, AccessRequest } from "../../src/server/people/access.ts"
import { type Caller, RIGHTS, type Right } from "../../src/server/people/caller.ts"

/** Rights from a table, for tests of rooms that ask for them: user, then project, then the highest right. Site admins may everything. */
export function tableAccess(
  table: Readonly<Record<string, Readonly<Record<string, Right>>>>,
): Access & { readonly asked: readonly AccessRequest[] } {
  const asked: AccessRequest[] = []
  const has = (caller: Caller, right: Right, project: string): boolean => {
    if (caller.siteAdmin) return true
    const given = table[caller.user]?.[project]
    return given !== undefined && RIGHTS.indexOf(given) >= RIGHTS.indexOf(right)
  }
  const need = async (caller: Caller, request: AccessRequest): Promise<void> => {
    asked.push(request)
    if (has(caller, request.right, request.project)) return
    throw new GeartrainError(
      has(caller, "read", request.project) ? "NOT_PERMITTED" : "PROJECT_NOT_FOUND",
      `Cannot ${request.action}: ${caller.user} has no right to ${request.right} "${request.project}"`,
    )
  }
  return {
    asked,
    need,
    needEach: async (caller, { targets, ...request }) => {
      for (const target of targets) await need(caller, { ...request, target })
    },
    may: async (caller, right, project) => has(caller, right, project),
    readable: async (caller) => (caller.siteAdmin ? "all" : Object.keys(table[caller.user] ?? {})),
    needSiteAdmin: async (caller, action) => {
      if (!caller.siteAdmin)
        throw new GeartrainError("NOT_PERMITTED", `Cannot do ${action}: only an admin of the site may`)
    },
    needSiteAdminInTrouble: async (caller, action) => {
      if (!caller.siteAdmin)
        throw new GeartrainError("NOT_PERMITTED", `Cannot do ${action}: only an admin of the site may`)
    },
    needGroup: async (caller, { action }) => {
      if (!caller.siteAdmin)
        throw new GeartrainError("NOT_PERMITTED", `Cannot do ${action}: only an admin of the group may`)
    },
    callerFor: async (user) => person(user),
  }
}

/** A person, who is no admin unless asked for. */
export function person(user: string, options: { readonly siteAdmin?: boolean } = {}): Caller {
  return { kind: "person", user, siteAdmin: options.siteAdmin ?? false, by: { method: "session" } }
}
