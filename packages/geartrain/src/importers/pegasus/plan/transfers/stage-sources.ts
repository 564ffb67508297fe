import type { Replica } from "../../catalogs/replica-catalog.ts"
import { type SiteCatalog, scratchUrl } from "../../catalogs/site-catalog.ts"
import type { PlanFile, PlanJob } from "../jobs/plan-job.ts"

/** Where a file of a job comes from: not at all, straight from its place to the job, or by a transfer job on one side or the other. */
export type Staging = "none" | "bypass" | "local" | "remote"

export interface Staged {
  readonly sites: SiteCatalog
  readonly properties: ReadonlyMap<string, string>
  readonly find: (lfn: string) => Replica | undefined
}

/** @returns undefined where the file is not to be had. */
export function stagingOf(file: PlanFile, job: PlanJob, staged: Staged): Staging | undefined {
  const site = job.staging ?? "local"
  const runsLocally = transfersLocally(site, "stage-in", staged)
  const sources =
    file.source === undefined ? allowed(staged.find(file.lfn)?.pfns ?? [], job, runsLocally) : [file.source]
  if (sources.length === 0) return undefined
  const carried = sources.filter((source) => !bypasses(file, source, { job, properties: staged.properties }))
  const last = sources.at(-1)
  if (last !== undefined && !carried.includes(last)) return "bypass"
  const links = staged.properties.get("pegasus.transfer.links") === "true" && last?.site === site
  return links || !runsLocally || carried.some((source) => isBesideScratch(source, site, staged)) ? "remote" : "local"
}

/** Whether a site's transfers run on the machine of the planner. */
export function transfersLocally(site: string, kind: "stage-in" | "stage-out", { sites, properties }: Staged): boolean {
  if (site === "local" || isVisible(site, sites)) return true
  const word = kind === "stage-in" ? "stagein" : "stageout"
  for (const key of [`pegasus.transfer.${word}.remote.sites`, "pegasus.transfer.*.remote.sites"]) {
    const remote =
      properties
        .get(key)
        ?.split(",")
        .map((name) => name.trim()) ?? []
    if (remote.includes(site) || remote.includes("*")) return false
  }
  const own = sites.get(site)
  return !(own === undefined ? undefined : scratchUrl(own))?.startsWith("file:")
}

type Source = { readonly site: string; readonly pfn: string }

/** A file's URL means something only where the file is: on the site of the job, or where the planner is. */
function allowed(sources: readonly Source[], job: PlanJob, runsLocally: boolean): readonly Source[] {
  const kept = sources.filter(
    ({ site, pfn }) => !isFileUrl(pfn) || site === job.site || (runsLocally && site === "local"),
  )
  const rank = ({ site, pfn }: Source): number => (isFileUrl(pfn) ? 0 : site === job.site ? 1 : 2)
  return kept.toSorted((one, other) => rank(one) - rank(other))
}

function bypasses(
  file: PlanFile,
  { site, pfn }: Source,
  { job, properties }: { readonly job: PlanJob; readonly properties: ReadonlyMap<string, string> },
): boolean {
  if (!file.bypass && properties.get("pegasus.transfer.bypass.input.staging") !== "true") return false
  if (job.configuration === "sharedfs") return false
  if (job.configuration === "condorio") return isFileUrl(pfn) && site === "local" && pfn.endsWith(file.lfn)
  return isFileUrl(pfn) ? site === job.site : true
}

/** A file by URL on the very site that it is staged to is taken by a job there, but where the planner sees that site's disk. */
function isBesideScratch({ site, pfn }: Source, staging: string, { sites }: Staged): boolean {
  return isFileUrl(pfn) && site === staging && !isVisible(staging, sites)
}

function isVisible(site: string, sites: SiteCatalog): boolean {
  return sites.get(site)?.profiles["pegasus"]?.["auxillary.local"] === "true"
}

function isFileUrl(pfn: string): boolean {
  return pfn.startsWith("file:")
}
