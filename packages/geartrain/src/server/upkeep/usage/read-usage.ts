import { GeartrainError } from "@geartrain/spec"
import type { Database } from "../../database/database.ts"
import type { Access } from "../../people/access.ts"
import type { Caller } from "../../people/caller.ts"
import { type UsageReport, usageReport } from "./usage-report.ts"

const MONTH_MS = 30 * 24 * 3_600_000

export interface UsageRequest {
  readonly fromMs?: number | undefined
  readonly toMs?: number | undefined
  readonly project?: string | undefined
}

/**
 * What was used in a time, of one project or of all that the caller may read.
 *
 * @throws {GeartrainError} PROJECT_NOT_FOUND; REQUEST_INVALID for a time that ends before it begins.
 */
export async function readUsage(
  ports: { readonly database: Database; readonly access: Access; readonly now: () => number },
  caller: Caller,
  request: UsageRequest,
): Promise<UsageReport> {
  const { project } = request
  const toMs = request.toMs ?? ports.now()
  const fromMs = request.fromMs ?? Math.max(0, toMs - MONTH_MS)
  if (fromMs > toMs) {
    throw new GeartrainError(
      "REQUEST_INVALID",
      `Cannot tell the usage from ${fromMs} to ${toMs}: it ends before it begins`,
    )
  }
  if (project !== undefined) await ports.access.need(caller, { right: "read", project, action: "usage.read" })
  const projects = project === undefined ? await ports.access.readable(caller) : [project]
  return usageReport(ports.database.read, { fromMs, toMs, projects })
}
