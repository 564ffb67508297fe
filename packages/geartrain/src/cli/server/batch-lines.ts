import type { paths } from "@geartrain/sdk/client"
import { escapeText } from "../output/escape-text.ts"

export type ServerBatch = paths["/api/v1/batches/{batch}"]["get"]["responses"]["200"]["content"]["application/json"]

export type BatchTarget =
  paths["/api/v1/batches/{batch}/targets"]["get"]["responses"]["200"]["content"]["application/json"]["items"][number]

export type FailureGroup =
  paths["/api/v1/batches/{batch}/failures"]["get"]["responses"]["200"]["content"]["application/json"]["items"][number]

/** What was asked for and what becomes of it: outcomes add up to the targets, and jobs to those that run. */
export function batchLines({ id, gear, state, accounts }: ServerBatch): readonly string[] {
  const { outcomes, jobs } = accounts
  const of = (count: number, what: string): string[] => (count === 0 ? [] : [`  ${String(count).padStart(6)}  ${what}`])
  return [
    `batch ${id}: ${escapeText(`${gear.name}@${gear.version}`)}, ${state}`,
    `  ${String(accounts.targets).padStart(6)}  places`,
    ...of(outcomes["will-run"], "run"),
    ...of(outcomes["already-done"], "done already, and not run again"),
    ...of(outcomes.ambiguous, "ambiguous: several files fit an input; say which with --choose"),
    ...of(outcomes["no-match"], "without a file that fits"),
    ...of(outcomes["no-permission"], "that you may not run gears on"),
    ...(state === "proposed"
      ? []
      : [
          "of those that run:",
          ...of(accounts.notSubmitted, "not queued yet"),
          ...of(accounts.refused, "refused"),
          ...of(jobs.pending, "pending"),
          ...of(jobs.running, "running"),
          ...of(jobs.complete, "complete"),
          ...of(jobs.failed, "failed"),
          ...of(jobs.cancelled, "cancelled"),
        ]),
  ]
}

/** Why a place is left out, or what was refused. */
export function targetLine({ path, outcome, says, refused }: BatchTarget): string {
  return escapeText(`  ${path}: ${refused === undefined ? `${outcome}: ${says}` : refused.says}`)
}

export function failureLines(groups: readonly FailureGroup[]): readonly string[] {
  return groups.flatMap(({ group, count, message, reason, example }) => [
    escapeText(`${String(count).padStart(6)}  ${reason}: ${message}`),
    escapeText(`        such as ${example.path}, job ${example.job ?? "none"}; again: --group ${group}`),
  ])
}
