import { GeartrainError } from "@geartrain/spec"
import { imageFileName } from "../../catalogs/container.ts"
import type { PegasusInputs } from "../../catalogs/load-inputs.ts"
import type { SiteCatalog } from "../../catalogs/site-catalog.ts"
import type {
  Transformation,
  TransformationCatalog,
  TransformationSite,
} from "../../catalogs/transformation-catalog.ts"
import { mergeProfiles, type Profiles, profileOf } from "../../workflow/profiles.ts"
import { JobGraph } from "../graph/job-graph.ts"
import type { PlanOptions } from "../plan-options.ts"
import { type DataConfiguration, type PlanFile, type PlanJob, stagedName } from "./plan-job.ts"
import { profilesOfProperties } from "./property-profiles.ts"

const CONFIGURATIONS: readonly DataConfiguration[] = ["condorio", "nonsharedfs", "sharedfs"]

/** What the choice of sites needs to know. */
export interface SiteChoice extends Pick<PegasusInputs, "transformations" | "properties"> {
  readonly sites: SiteCatalog
  readonly options: PlanOptions
  readonly file: string
}

/**
 * Chooses for each job where it runs and whose scratch folder holds its files, and adds the programs and images that it needs to its inputs.
 *
 * Of several sites that would do, Pegasus takes one by chance; here it is the first that was named.
 *
 * @throws {GeartrainError} PEGASUS_CATALOG_INCOMPLETE where a program is to be had nowhere.
 */
export function selectSites(graph: JobGraph<PlanJob>, choice: SiteChoice): JobGraph<PlanJob> {
  const selected = new JobGraph<PlanJob>()
  const ownProperties = profilesOfProperties(choice.properties)
  for (const { content } of graph.nodes()) {
    selected.add(
      content.name,
      content.kind === "workflow" ? placeWorkflow(content, choice) : placeJob(content, choice, ownProperties),
    )
  }
  for (const [parent, child] of graph.edges()) selected.link(parent, child)
  return selected
}

/** A sub-workflow is planned where the planner is. */
function placeWorkflow(job: PlanJob, choice: SiteChoice): PlanJob {
  return { ...job, site: "local", staging: "local", configuration: configurationOf([job.profiles], choice) }
}

function placeJob(job: PlanJob, choice: SiteChoice, ownProperties: Profiles): PlanJob {
  const { site, transformation, entry } = chooseSite(job, choice)
  const ofCatalog = [entry?.profiles ?? {}, transformation?.profiles ?? {}]
  const layers = [...ofCatalog, choice.sites.get(site)?.profiles ?? {}, job.profiles, ownProperties]
  const profiles = mergeProfiles(layers)
  const configuration = configurationOf([profiles], choice)
  const placed: PlanJob = {
    ...job,
    site,
    configuration,
    profiles,
    staging: stagingOf(site, configuration, choice.options),
  }
  return entry === undefined ? placed : { ...placed, inputs: withPrograms(placed, { transformation, entry, choice }) }
}

interface Chosen {
  readonly site: string
  readonly transformation?: Transformation
  readonly entry?: TransformationSite
}

function chooseSite(job: PlanJob, { transformations, sites, options, file }: SiteChoice): Chosen {
  const transformation = transformations.transformations.get(job.transformation)
  const hinted =
    profileOf([job.profiles], "hints", "execution.site") ?? profileOf([job.profiles], "selector", "execution.site")
  const wanted = hinted === undefined ? options.sites : [hinted]
  const others = [...sites.keys()].filter((name) => name !== "local")
  const candidates = wanted.length > 0 ? wanted : others.length > 0 ? others : ["condorpool"]
  const pfn = profileOf([job.profiles], "hints", "pfn")
  if (pfn !== undefined) return { site: candidates[0] ?? "local" }
  if (transformation === undefined)
    throw incomplete(file, `the transformation catalog has no "${job.transformation}", which ${job.name} runs`)
  for (const site of candidates) {
    const entry = entryFor(transformation, site, sites)
    if (entry !== undefined) return { site, transformation, entry }
  }
  throw incomplete(
    file,
    `"${job.transformation}" can be run at none of ${candidates.join(", ")}: it is ${transformation.sites.map(({ site, type }) => `${type} at ${site}`).join(", ")}`,
  )
}

/** What is installed on a site counts before what would have to be brought there. */
function entryFor({ sites }: Transformation, site: string, catalog: SiteCatalog): TransformationSite | undefined {
  const installed = sites.find((entry) => entry.site === site && entry.type === "installed")
  if (installed !== undefined) return installed
  const own = catalog.get(site)
  return sites.find(
    ({ type, arch, os }) =>
      type === "stageable" &&
      (arch === undefined || own?.arch === undefined || arch === own.arch) &&
      (os === undefined || own?.os === undefined || os === own.os),
  )
}

function stagingOf(site: string, configuration: DataConfiguration, { stagingSites }: PlanOptions): string {
  if (configuration === "condorio") return "local"
  if (configuration === "sharedfs") return site
  return stagingSites.get(site) ?? stagingSites.get("*") ?? site
}

function configurationOf(layers: readonly Profiles[], { properties, file }: SiteChoice): DataConfiguration {
  const word =
    profileOf(layers, "pegasus", "data.configuration") ?? properties.get("pegasus.data.configuration") ?? "condorio"
  const found = CONFIGURATIONS.find((known) => known === word.toLowerCase())
  if (found !== undefined) return found
  throw incomplete(file, `"${word}" is no data configuration: they are ${CONFIGURATIONS.join(", ")}`)
}

/** The job's own program where it has to be brought, those that it starts in turn, and the image that it runs in. */
function withPrograms(
  job: PlanJob,
  {
    transformation,
    entry,
    choice,
  }: {
    readonly transformation?: Transformation | undefined
    readonly entry: TransformationSite
    readonly choice: SiteChoice
  },
): ReadonlyMap<string, PlanFile> {
  const inputs = new Map(
    [...job.inputs].filter(
      ([, file]) => !file.executable || choice.transformations.transformations.get(file.lfn) === undefined,
    ),
  )
  const image = entry.container === undefined ? undefined : choice.transformations.containers.get(entry.container)
  if (image !== undefined && image.type !== "shifter" && job.configuration !== "sharedfs") {
    const lfn = imageFileName(image)
    inputs.set(lfn, brought(lfn, { site: image.imageSite ?? "local", pfn: image.image, bypass: image.bypass }, false))
  }
  if (entry.type !== "stageable") return inputs
  const named = [
    ...(transformation?.requires ?? []),
    ...[...job.inputs.values()].filter(({ executable }) => executable).map(({ lfn }) => lfn),
  ]
  for (const name of named) {
    const other = entryOf(choice.transformations, name)
    if (other?.type === "stageable") inputs.set(stagedName(name), brought(stagedName(name), other, true))
  }
  inputs.set(stagedName(job.transformation), brought(stagedName(job.transformation), entry, true))
  return inputs
}

function entryOf({ transformations }: TransformationCatalog, name: string): TransformationSite | undefined {
  const sites = transformations.get(name)?.sites ?? []
  return sites.find(({ type }) => type === "stageable") ?? sites[0]
}

function brought(
  lfn: string,
  { site, pfn, bypass }: { readonly site: string; readonly pfn: string; readonly bypass: boolean },
  executable: boolean,
): PlanFile {
  return { lfn, transfer: false, register: false, optional: false, executable, bypass, source: { site, pfn } }
}

function incomplete(file: string, problem: string): GeartrainError {
  return new GeartrainError("PEGASUS_CATALOG_INCOMPLETE", `Cannot plan "${file}": ${problem}`, {
    details: { file },
    hint: "Name the catalogs with --catalogs, or add what is missing to them",
  })
}
