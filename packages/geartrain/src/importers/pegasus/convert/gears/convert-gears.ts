import { basename } from "node:path"
import type { JsonObject } from "@geartrain/spec"
import type { Container } from "../../catalogs/container.ts"
import { fullName, type TransformationCatalog, type TransformationSite } from "../../catalogs/transformation-catalog.ts"
import type { AbstractJob } from "../../workflow/abstract-workflow.ts"
import { namer } from "../convert-names.ts"
import { localPath } from "../local-path.ts"
import type { CheckedFile } from "../outside-files.ts"
import type { TakenOver } from "../take-over.ts"
import { runScript } from "./run-script.ts"

/** A gear that one of Pegasus' programs becomes. */
export interface ConvertedGear {
  /** Full name of the program. */
  readonly transformation: string
  /** Name of the gear and of its folder. */
  readonly name: string
  /** Without its version, which follows from what the gear is made of: `contentVersion`. */
  readonly manifest: JsonObject
  readonly run: string
  /** The entry of the catalog that it was made of. */
  readonly site?: TransformationSite
  /** The image that it runs in; absent where it is installed on the machine. */
  readonly container?: Container
  /** Files of the machine that go into the gear, by their path in it. */
  readonly programs: Readonly<Record<string, string>>
  /** Of programs, what the catalog says their bytes are. */
  readonly checks: readonly CheckedFile[]
}

const PROGRAMS = "flywheel/v0/programs"

/** The gears of a workflow and of those within it. */
export interface GearShelf {
  /** The gear of a job's program, as a catalog has it. */
  gearOf(job: AbstractJob, catalog: TransformationCatalog): ConvertedGear
  gears(): readonly ConvertedGear[]
}

/** Programs of one name are one gear where the catalogs of two workflows have the same of them, and two where they do not. */
export function gearShelf(rows: TakenOver[]): GearShelf {
  const nameOf = namer("-", { most: 100, lower: true })
  const byCatalog = new Map<TransformationCatalog, Map<string, ConvertedGear>>()
  const byName = new Map<string, ConvertedGear[]>()
  const make = (transformation: string, catalog: TransformationCatalog): ConvertedGear => {
    const same = byName.get(transformation) ?? []
    const plain = transformation.replaceAll(/[:.]+/g, "-")
    const name = nameOf(same.length === 0 ? plain : `${plain} ${same.length + 1}`)
    const told: TakenOver[] = []
    const gear = convertGear(transformation, name, { catalog, rows: told })
    const known = same.find((other) => contentOf(other) === contentOf(gear))
    if (known !== undefined) return known
    rows.push(...told)
    byName.set(transformation, [...same, gear])
    return gear
  }
  return {
    gearOf: (job, catalog) => {
      const transformation = fullName(job)
      const gears = byCatalog.get(catalog) ?? new Map<string, ConvertedGear>()
      byCatalog.set(catalog, gears)
      const gear = gears.get(transformation) ?? make(transformation, catalog)
      gears.set(transformation, gear)
      return gear
    },
    gears: () => [...byName.values()].flat(),
  }
}

function contentOf({ run, container, programs, site }: ConvertedGear): string {
  return JSON.stringify([run, container, programs, site])
}

/** Makes a gear of a program: what it reads, what it writes and its arguments are the step's. */
function convertGear(
  transformation: string,
  name: string,
  { catalog, rows }: { readonly catalog: TransformationCatalog; readonly rows: TakenOver[] },
): ConvertedGear {
  const entry = bestEntry(catalog.transformations.get(transformation)?.sites ?? [])
  const container = entry?.container === undefined ? undefined : catalog.containers.get(entry.container)
  const placing: Placing = { programs: {}, checks: [], rows }
  const known = catalog.transformations.get(transformation)
  const program = placeProgram(transformation, entry, { ...placing, sha256: known?.sha256 })
  for (const required of known?.requires ?? []) {
    const other = catalog.transformations.get(required)
    const otherEntry = bestEntry(other?.sites ?? [])
    if (otherEntry?.type === "stageable") placeProgram(required, otherEntry, { ...placing, sha256: other?.sha256 })
  }
  tellContainer(transformation, container, rows)
  return {
    transformation,
    name,
    manifest: manifestOf(name, transformation),
    run: runScript(program),
    programs: placing.programs,
    checks: placing.checks,
    ...(entry === undefined ? {} : { site: entry }),
    ...(container === undefined ? {} : { container }),
  }
}

/** What lies on this machine, or in an image, comes before what another site has. */
function bestEntry(sites: readonly TransformationSite[]): TransformationSite | undefined {
  return (
    sites.find(({ container }) => container !== undefined) ?? sites.find(({ site }) => site === "local") ?? sites[0]
  )
}

interface Placing {
  readonly programs: Record<string, string>
  readonly checks: CheckedFile[]
  readonly rows: TakenOver[]
}

function placeProgram(
  name: string,
  entry: TransformationSite | undefined,
  { programs, checks, rows, sha256 }: Placing & { readonly sha256: string | undefined },
): string {
  const what = `program ${name}`
  if (entry === undefined) {
    rows.push({ what, taken: "no", how: "No catalog says where it is; the gear looks for it in its PATH" })
    return name.replace(/^.*::/, "").replace(/:[^:]*$/, "")
  }
  const path = localPath(entry.pfn)
  if (entry.type === "installed" || path === undefined) {
    if (path === undefined)
      rows.push({
        what,
        taken: "no",
        how: `It would have to be fetched from ${entry.pfn}; the gear looks for it in its PATH`,
      })
    else rows.push({ what, taken: "yes", how: `A gear that starts ${path}, installed in its root filesystem` })
    return path ?? basename(entry.pfn)
  }
  const place = `${PROGRAMS}/${basename(path)}`
  // Whether it is there is found out when the gear is written.
  programs[place] = path
  if (sha256 !== undefined) checks.push({ lfn: name, path, sha256 })
  return `/${place}`
}

function tellContainer(transformation: string, container: Container | undefined, rows: TakenOver[]): void {
  if (container === undefined) return
  rows.push({
    what: `container ${container.name} of ${transformation}`,
    taken: "yes",
    how: `The gear's root filesystem is that of ${container.image}`,
  })
  for (const mount of container.mounts) {
    rows.push({
      what: `mount ${mount} of container ${container.name}`,
      taken: "no",
      how: "A gear sees its inputs and nothing else of a machine; make what it reads there an input",
    })
  }
}

function manifestOf(name: string, transformation: string): JsonObject {
  const text = (description: string): JsonObject => ({ type: "string", description, default: "" })
  return {
    name,
    label: transformation.slice(0, 100),
    description: `The program ${transformation} of a Pegasus workflow.`,
    author: "Taken over from Pegasus",
    license: "Other",
    url: "",
    source: "",
    inputs: { files: { base: "file", description: "What the job reads", optional: true } },
    config: {
      arguments: text("Arguments of the program, one a line; where one is empty, each ends with a line break"),
      files: text("Where inputs go: name, tab, logical name, one a line"),
      outputs: text("Files that have to be there in the end, one a line"),
      environment: text("Variables, NAME=VALUE, one a line"),
      stdin: text("The file that standard input is read from"),
      stdout: text("The file that standard output goes to"),
      stderr: text("The file that standard error goes to"),
    },
    custom: { flywheel: { uid: 1000, gid: 1000 }, geartrain: { inputs: { files: { takes: "files" } } } },
  }
}
