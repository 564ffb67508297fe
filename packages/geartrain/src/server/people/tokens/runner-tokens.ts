import { GeartrainError } from "@geartrain/spec"
import type { RunnerTokenRow } from "../../database/tables/people-tables.ts"
import type { Caller } from "../caller.ts"
import type { PeoplePorts } from "../people-ports.ts"
import { makeToken } from "./secret-token.ts"

/** What runners show. All runners of one token are one caller to the audit. */
export interface RunnerToken {
  readonly id: string
  readonly label: string
  /** Labels that runners with this token have, whatever they say. Absent: what they say. */
  readonly runnerLabels?: Readonly<Record<string, string>> | undefined
  readonly createdMs: number
  readonly createdBy: string
  readonly expiresMs?: number | undefined
  readonly lastUsedMs?: number | undefined
  readonly lastUsedFrom?: string | undefined
  readonly revokedMs?: number | undefined
}

/**
 * Makes a token for runners. An admin of the site may.
 *
 * @returns the token itself too, this once.
 * @throws {GeartrainError} NOT_PERMITTED
 */
export async function makeRunnerToken(
  ports: PeoplePorts,
  caller: Caller,
  request: {
    readonly label: string
    readonly runnerLabels?: Readonly<Record<string, string>> | undefined
    readonly expiresMs?: number | undefined
  },
): Promise<RunnerToken & { readonly token: string }> {
  const { id, text, secretDigest } = makeToken("runner")
  await ports.access.needSiteAdmin(caller, "runner-token.create", id)
  const row: RunnerTokenRow = {
    id,
    secret_digest: secretDigest,
    label: request.label,
    runner_labels: request.runnerLabels === undefined ? null : JSON.stringify(request.runnerLabels),
    created_ms: ports.now(),
    created_by: caller.user,
    expires_ms: request.expiresMs ?? null,
    seen_ms: null,
    seen_address: null,
    revoked_ms: null,
  }
  await ports.database.write((write) => write.sql.insertInto("runner_tokens").values(row).execute())
  return { ...runnerTokenOf(row), token: text }
}

/** The newest first. An admin of the site may. @throws {GeartrainError} NOT_PERMITTED */
export async function listRunnerTokens(
  ports: PeoplePorts,
  caller: Caller,
  page: { readonly before?: string | undefined; readonly limit: number },
): Promise<readonly RunnerToken[]> {
  await ports.access.needSiteAdmin(caller, "runner-token.list")
  let select = ports.database.read.selectFrom("runner_tokens").selectAll()
  if (page.before !== undefined) select = select.where("id", "<", page.before)
  return (await select.orderBy("id", "desc").limit(page.limit).execute()).map(runnerTokenOf)
}

/** Ends a token at once. An admin of the site may. @throws {GeartrainError} NOT_PERMITTED, TOKEN_NOT_FOUND */
export async function revokeRunnerToken(ports: PeoplePorts, caller: Caller, id: string): Promise<void> {
  await ports.access.needSiteAdmin(caller, "runner-token.revoke", id)
  const { numUpdatedRows } = await ports.database.write((write) =>
    write.sql
      .updateTable("runner_tokens")
      .set((of) => ({ revoked_ms: of.fn.coalesce("revoked_ms", of.val(ports.now())) }))
      .where("id", "=", id)
      .executeTakeFirst(),
  )
  if (Number(numUpdatedRows) === 0)
    throw new GeartrainError("TOKEN_NOT_FOUND", `Cannot revoke token "${id}": there is none`)
}

export function runnerLabelsOf(
  row: Pick<RunnerTokenRow, "runner_labels">,
): Readonly<Record<string, string>> | undefined {
  return row.runner_labels === null ? undefined : (JSON.parse(row.runner_labels) as Record<string, string>)
}

function runnerTokenOf(row: RunnerTokenRow): RunnerToken {
  return {
    id: row.id,
    label: row.label,
    runnerLabels: runnerLabelsOf(row),
    createdMs: row.created_ms,
    createdBy: row.created_by,
    expiresMs: row.expires_ms ?? undefined,
    lastUsedMs: row.seen_ms ?? undefined,
    lastUsedFrom: row.seen_address ?? undefined,
    revokedMs: row.revoked_ms ?? undefined,
  }
}
