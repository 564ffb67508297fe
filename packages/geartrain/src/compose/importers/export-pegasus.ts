import { dirname, join, resolve } from "node:path"
import { type Digest, type GearId, GeartrainError, type JobId } from "@geartrain/spec"
import { readAdditions } from "@geartrain/spec/additions"
import type { PlannedInput, WorkflowPlan } from "@geartrain/spec/workflow"
import { exportDocuments } from "../../importers/pegasus/export/export-documents.ts"
import { exportJobs } from "../../importers/pegasus/export/export-jobs.ts"
import { type NamedOutput, onlyPath } from "../../importers/pegasus/export/named-files.ts"
import type { Settings } from "../../settings/settings.ts"
import { existsSync, mkdir, rename, rm, writeFile } from "../../system/files.ts"
import { draftPath, sweepDrafts } from "../../system/linux/drafts.ts"
import { foldRun, type RunView } from "../../workflows/run/fold-run.ts"
import { findRun, readRun } from "../../workflows/run/run-folder.ts"
import { exportGear } from "../gears/export-gear.ts"
import type { Engine } from "../open-engine.ts"
import { makePlan } from "../workflows/make-plan.ts"
import { planningJobs } from "../workflows/planning-jobs.ts"

/** A workflow, or a run of one, that is to be written as Pegasus' own. */
export interface PegasusExport {
  /** Path of a workflow, or a run's id, its beginning, or `latest`. */
  readonly of: string
  readonly folder: string
  readonly engine: Engine
  readonly settings: Settings
}

export interface ExportedWorkflow {
  readonly jobs: number
  readonly files: readonly string[]
  /** What the format has no words for, a sentence each. */
  readonly notes: readonly string[]
}

/**
 * Writes a workflow of Pegasus' that carries out the jobs of a plan by `gear run`: the workflow, its three catalogs and the gears that it runs.
 * The folder appears whole or not at all.
 *
 * @throws {GeartrainError} OUTPUT_EXISTS; PEGASUS_NOT_EXPORTABLE; what reading a run, planning a workflow and packing gears throw.
 */
export async function exportPegasus(wish: PegasusExport): Promise<ExportedWorkflow> {
  const folder = resolve(wish.folder)
  if (existsSync(folder)) {
    throw new GeartrainError("OUTPUT_EXISTS", `Cannot write a workflow of Pegasus into "${wish.folder}": it exists`, {
      details: { path: wish.folder },
      hint: "Name another folder with -o DIR",
    })
  }
  const isRun = !existsSync(wish.of)
  const { plan, outputsOf } = isRun ? await ofRun(wish) : await ofWorkflow(wish)
  // Two gears may have one name and version, where the name has moved between the steps.
  const taken = new Map<string, GearId>()
  const gears = new Map(
    Object.values(plan.gears).map(({ id, name, version }) => {
      const plain = `${name}-${version}`.replaceAll(/[^A-Za-z0-9._-]+/g, "_")
      if (!taken.has(plain)) taken.set(plain, id)
      return [id, taken.get(plain) === id ? plain : `${plain}-${id.slice(-12)}`]
    }),
  )
  const tarOf = (gear: string): string => `gears/${gears.get(gear as GearId) ?? gear.slice(-12)}.tar`
  const made = exportJobs({ plan, outputsOf, isRun, tarOf })
  const paths = await placesOf(
    [...made.files].map(([lfn, { path, digest }]) => ({ lfn, path, digest })),
    wish.engine,
  )
  const used = [...new Set(plan.jobs.filter(({ action }) => action !== "skip").map(({ gear }) => gear))]
  const documents = exportDocuments(plan.workflow.name, made, {
    folder,
    gears: new Map(used.map((gear) => [tarOf(gear), join(folder, tarOf(gear))])),
    pathOf: (lfn) => paths.get(lfn) ?? "",
  })
  const beside = dirname(folder)
  await sweepDrafts(beside)
  const draft = draftPath(beside)
  await mkdir(join(draft, "gears"), { recursive: true })
  try {
    for (const id of used) await pack(id, join(draft, tarOf(id)), wish.engine)
    if (made.texts.size > 0) await mkdir(join(draft, "config"))
    for (const [name, text] of [...Object.entries(documents), ...made.texts]) await writeFile(join(draft, name), text)
    await rename(draft, folder)
  } catch (error) {
    await rm(draft, { recursive: true, force: true })
    throw error
  }
  const files = [...Object.keys(documents), ...made.texts.keys(), ...used.map(tarOf)]
  return { jobs: made.jobs.length, files, notes: made.notes }
}

interface Source {
  readonly plan: WorkflowPlan
  readonly outputsOf: (key: string) => readonly NamedOutput[] | undefined
}

/** Of a run, the records of its jobs tell what each wrote. */
async function ofRun({ of, engine, settings }: PegasusExport): Promise<Source> {
  const { plan, events } = await readRun(await findRun(`${settings.home}/runs`, of))
  const view = foldRun(plan, events)
  const outputs = new Map<string, readonly NamedOutput[]>()
  const jobs = [...view.jobs.values()].map(({ planned }) => ({
    ...planned,
    inputs: Object.fromEntries(
      Object.entries(planned.inputs).map(([name, input]) => [name, { ...input, ...partsOf(input, view) }]),
    ),
  }))
  const wanted = Object.entries(plan.outputs).map(([name, output]) => [name, { ...output, ...partsOf(output, view) }])
  for (const [key, { job }] of view.jobs) {
    const record = job === undefined ? undefined : await engine.jobs.get(job as JobId)
    if (record !== undefined) outputs.set(key, record.outputs.map(named))
  }
  const outcome = { ...plan, jobs, open: [...view.open.values()], outputs: Object.fromEntries(wanted) }
  return { plan: outcome, outputsOf: (key) => outputs.get(key) }
}

/** The parts of an input with the jobs that open steps have become in their place. */
function partsOf({ parts }: Pick<PlannedInput, "parts">, { opened }: RunView): Pick<PlannedInput, "parts"> {
  const keysOf = (step: string): readonly string[] | undefined => {
    const became = opened.get(step)
    if (became === undefined) return undefined
    return [...became.keys, ...became.open.flatMap((one) => keysOf(one.step) ?? [])]
  }
  if (parts === undefined) return {}
  return {
    parts: parts.map((part) => {
      if (!("step" in part)) return part
      const { step, ...which } = part
      const jobs = keysOf(step)
      return jobs === undefined ? part : { jobs, ...which }
    }),
  }
}

function named({ path, output }: { readonly path: string; readonly output?: string }): NamedOutput {
  return output === undefined ? { path } : { path, output }
}

/** Of a workflow, what gears promise by name. A promise by pattern is none that Pegasus could plan with. */
async function ofWorkflow({ of, engine, settings }: PegasusExport): Promise<Source> {
  const wish = { file: of, inputs: new Map(), parameters: [], reuse: "none" as const, cleanup: "none" as const }
  const { plan } = await makePlan(wish, {
    history: engine.stores.history,
    settings,
    jobs: planningJobs(engine, settings),
  })
  const promised = new Map<GearId, readonly NamedOutput[] | undefined>()
  for (const { id } of Object.values(plan.gears)) {
    const gear = await engine.gears.getGear(id)
    const outputs = Object.entries(gear === undefined ? {} : (readAdditions(gear.manifest).outputs ?? {}))
    const named = outputs.flatMap(([output, { files }]) =>
      files.map((pattern) => ({ output, path: onlyPath(pattern) })),
    )
    const byName = named.flatMap(({ output, path }) => (path === undefined ? [] : [{ output, path }]))
    promised.set(id, byName.length === named.length ? byName : undefined)
  }
  const gearOf = new Map(plan.jobs.map(({ key, gear }) => [key, gear]))
  return { plan, outputsOf: (key) => promised.get(gearOf.get(key) as GearId) }
}

async function placesOf(
  files: readonly { readonly lfn: string; readonly path: string | undefined; readonly digest: Digest }[],
  { blobs }: Engine,
): Promise<ReadonlyMap<string, string>> {
  const places = new Map<string, string>()
  for (const { lfn, path, digest } of files) {
    const place = path ?? (await blobs.locate(digest))
    if (place === undefined) {
      throw new GeartrainError(
        "PEGASUS_NOT_EXPORTABLE",
        `Cannot write a workflow of Pegasus: the bytes of "${lfn}" are gone`,
        {
          details: { lfn, digest },
          hint: "Run the workflow again, and export that run",
        },
      )
    }
    places.set(lfn, resolve(place))
  }
  return places
}

async function pack(id: GearId, to: string, engine: Engine): Promise<void> {
  const gear = await engine.gears.getGear(id)
  if (gear === undefined) {
    throw new GeartrainError("GEAR_NOT_FOUND", `Cannot pack gear "${id}": it is not stored any more`, {
      details: { reference: id },
      hint: "List all gears: gear ls",
    })
  }
  await exportGear(gear, engine, { as: "tar", to })
}
