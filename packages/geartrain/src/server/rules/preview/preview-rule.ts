import type { JsonValue } from "@geartrain/spec"
import type { Rule } from "@geartrain/spec/rules"
import type { Caller } from "../../people/caller.ts"
import { type FilePlace, filesWithin } from "../consume/event-files.ts"
import { lineageBelow } from "../consume/sweeps.ts"
import { type Consideration, considerFile } from "../decide/consider-file.ts"
import type { RulesPorts } from "../rules-ports.ts"
import { needRule } from "../store/find-rule.ts"
import { findMeantGear, gearMissing } from "../store/rule-gear.ts"
import { parseRule } from "../store/save-rule.ts"
import type { ServerRule } from "../store/server-rule.ts"
import { compareManifests, type ManifestChange } from "./compare-manifests.ts"

/** What a rule would do, were it as somebody means to have it. */
export interface RulePreview {
  readonly gear: { readonly id: string; readonly name: string; readonly version: string }
  /** What the gear takes otherwise than that of the rule as it is now. */
  readonly changes: readonly ManifestChange[]
  /** What of the rule does not fit the gear: it cannot be kept like this, and no file was looked at. */
  readonly faults: readonly string[]
  /** Of the files that were looked at, by outcome: `would-fire`, `not-fired`, `already-done` … */
  readonly counts: Readonly<Record<string, number>>
  readonly files: readonly PreviewedFile[]
  /** Where to go on, when there are more files. */
  readonly next?: FilePlace
}

export interface PreviewedFile {
  readonly file: string
  readonly name: string
  readonly place: string
  readonly outcome: Consideration["outcome"]
  readonly says: string
}

export interface PreviewRequest {
  readonly project: string
  /** Of a rule that is there; absent for one that is not made yet. */
  readonly id?: string | undefined
  /** The rule as it would be; absent: as it is. */
  readonly document?: JsonValue | undefined
  /** Another version of its gear. */
  readonly version?: string | undefined
  readonly below?: string | undefined
  readonly after?: FilePlace | undefined
  /** Files to look at, at most. */
  readonly limit: number
}

/**
 * Shows what would change, and what a rule would decide of the files that are there. Starts and keeps nothing.
 *
 * @throws {GeartrainError} RULE_NOT_FOUND, RULE_INVALID, PLACE_NOT_FOUND, PROJECT_NOT_FOUND, NOT_PERMITTED
 */
export async function previewRule(ports: RulesPorts, caller: Caller, request: PreviewRequest): Promise<RulePreview> {
  const { project, id } = request
  const right = { project, right: "admin" as const, action: "rule.preview" }
  const present = id === undefined ? undefined : await needRule(ports, caller, { ...right, id })
  if (present === undefined) await ports.access.need(caller, right)
  const proposed = proposedRule(present?.rule, request)
  const gear = await findMeantGear(ports.database.read, proposed.gear)
  if (gear === undefined) throw gearMissing(proposed)
  const before = present === undefined ? undefined : await findMeantGear(ports.database.read, present.rule.gear)
  const rule: ServerRule = {
    ...(present ?? { id: "", project, createdMs: 0, createdBy: caller.user, modifiedMs: 0, revision: 0 }),
    rule: { ...proposed, disabled: false },
    // Whoever puts it into practice confirms it.
    confirmedBy: caller.user,
    confirmedMs: 0,
  }
  const lineage = await lineageBelow(ports.database.read, project, request.below)
  const { changes, faults } = compareManifests(proposed, before?.manifest ?? gear.manifest, gear.manifest)
  const told = { gear: { id: gear.id, name: gear.name, version: gear.version }, changes, faults }
  if (faults.length > 0) return { ...told, counts: {}, files: [] }
  const rows = await filesWithin(ports.database.read, lineage, { after: request.after, limit: request.limit })
  const files: PreviewedFile[] = []
  const counts: Record<string, number> = {}
  for (const row of rows) {
    const { outcome, says } = await considerFile(ports, rule, row)
    files.push({ file: row.id, name: row.name, place: row.place, outcome, says })
    counts[outcome] = (counts[outcome] ?? 0) + 1
  }
  const last = rows.at(-1)
  return {
    ...told,
    counts,
    files,
    ...(last !== undefined && rows.length === request.limit
      ? { next: { lineage: last.lineage, name: last.name } }
      : {}),
  }
}

function proposedRule(present: Rule | undefined, { document, version }: PreviewRequest): Rule {
  const rule = document === undefined && present !== undefined ? present : parseRule(document ?? null)
  return version === undefined ? rule : { ...rule, gear: { ...rule.gear, version, follows: "pinned" } }
}
