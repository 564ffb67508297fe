import type { Caller } from "../caller.ts"
import type { PeoplePorts } from "../people-ports.ts"
import { type AuditQuery, listAudit, type NumberedEntry } from "./list-audit.ts"

/**
 * What was asked for, the newest first: of one project for its admins, of all for an admin of the site. Reading it is in it.
 *
 * @throws {GeartrainError} PROJECT_NOT_FOUND, NOT_PERMITTED
 */
export async function readAudit(
  ports: PeoplePorts,
  caller: Caller,
  query: AuditQuery,
): Promise<readonly NumberedEntry[]> {
  const { project } = query
  if (project === undefined) await ports.access.needSiteAdmin(caller, "audit.read")
  else await ports.access.need(caller, { right: "admin", project, action: "audit.read" })
  await ports.audit.flush()
  return listAudit(ports.database.read, query)
}
