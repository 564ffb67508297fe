import { basename } from "node:path"
import { type Digest, GeartrainError, type JsonObject, type JsonValue } from "@geartrain/spec"
import type { KnownFile, PlannedJob, WorkflowPlan } from "@geartrain/spec/workflow"
import { namer } from "../convert/convert-names.ts"
import { exportLimits, exportPolicy, tellUnsaid } from "./export-policy.ts"
import { askedByName, type NamedOutput, type Picking, pickNamed } from "./named-files.ts"

/** A plan with what has to be known of it besides. */
export interface ExportedPlan {
  readonly plan: WorkflowPlan
  /** Of a run, all that the job wrote; of a plan, what it promises by name. Undefined where only a run of the job could tell. */
  readonly outputsOf: (key: string) => readonly NamedOutput[] | undefined
  /** The jobs were run: what `outputsOf` says is all that there is. */
  readonly isRun: boolean
  /** Name of the file that a gear is packed in, by the gear's id. */
  readonly tarOf: (gear: string) => string
}

/** The documents of a workflow of Pegasus', as data. */
export interface PegasusJobs {
  readonly jobs: readonly JsonObject[]
  readonly dependencies: readonly JsonObject[]
  /** Files that are there before: by logical name. */
  readonly files: ReadonlyMap<string, KnownFile>
  /** Files that are written for the export, with what is in them: by logical name. */
  readonly texts: ReadonlyMap<string, string>
  /** Lines of `pegasus.properties`. */
  readonly properties: readonly string[]
  /** What the format has no words for, a sentence each. */
  readonly notes: readonly string[]
}

/**
 * Makes a job of Pegasus' of each job of a plan: `gear run` with the gear as a file, its inputs and outputs by name.
 *
 * @throws {GeartrainError} PEGASUS_NOT_EXPORTABLE where a job reads files whose names only a run tells, or takes what `gear run` is given another way.
 */
export function exportJobs(exported: ExportedPlan): PegasusJobs {
  const { plan } = exported
  const outputsOf = knownOutputs(exported)
  const nameOf = namer("_-", { most: 120 })
  const jobs = plan.jobs.filter(({ action }) => action !== "skip")
  const isWanted = wantedFiles(plan, { ...exported, outputsOf })
  const files = new Map<string, KnownFile>()
  const texts = new Map<string, string>()
  const waits = new Map<string, string[]>()
  const unsaid = new Map<string, string[]>()
  if (plan.open.length > 0) throw unfit(`the items of "${plan.open[0]?.step}" are known only when it runs`)
  const written = jobs.map((job) => {
    for (const parent of job.after) collect(waits, parent, nameOf(job.key))
    return exportJob(job, { exported: { ...exported, outputsOf }, nameOf, files, texts, unsaid, isWanted })
  })
  const dependencies = jobs.flatMap(({ key }) => {
    const children = waits.get(key)
    return children === undefined ? [] : [{ id: nameOf(key), children }]
  })
  const limits = exportLimits(plan.documents[""] ?? {})
  for (const what of limits.unsaid) unsaid.set(what, [])
  return { jobs: written, dependencies, files, texts, properties: limits.properties, notes: tellUnsaid(unsaid) }
}

function collect(lists: Map<string, string[]>, key: string, item: string): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [item])
  else list.push(item)
}

/** Of a plan, what gears promise, and what is asked of them by name. */
function knownOutputs({ plan, outputsOf, isRun }: ExportedPlan): ExportedPlan["outputsOf"] {
  if (isRun) return outputsOf
  const asked = askedByName(plan)
  return (key) => {
    const [promised, named] = [outputsOf(key), asked.get(key)]
    if (named === undefined) return promised
    const known = new Set(promised?.map(({ path }) => path))
    return [...(promised ?? []), ...named.filter(({ path }) => !known.has(path))]
  }
}

interface Exporting {
  readonly exported: ExportedPlan
  readonly nameOf: (key: string) => string
  readonly files: Map<string, KnownFile>
  readonly texts: Map<string, string>
  /** Keys of jobs by what cannot be said of them. */
  readonly unsaid: Map<string, string[]>
  readonly isWanted: (key: string, path: string) => boolean
}

function exportJob(job: PlannedJob, exporting: Exporting): JsonObject {
  const { exported, nameOf, isWanted } = exporting
  const id = nameOf(job.key)
  const tar = exported.tarOf(job.gear)
  const inputs = inputsOf(job, exporting)
  const outputs = exported.outputsOf(job.key) ?? []
  const config = configOf(job, { id, texts: exporting.texts })
  const words = [
    "run",
    tar,
    ...inputs.flatMap(({ input, lfn }) => ["--input", `${input}=${lfn}`]),
    ...config.words,
    ...(job.network === undefined ? [] : ["--network", job.network]),
    ...["--output", id, "--force"],
  ]
  const reads = [...new Set([tar, ...config.lfns, ...inputs.map(({ lfn }) => lfn)])]
  const { profiles, unsaid } = exportPolicy(job)
  for (const what of unsaid) collect(exporting.unsaid, what, job.key)
  return {
    type: "job",
    id,
    name: "gear",
    nodeLabel: job.key,
    arguments: words.map(quote),
    uses: [
      ...reads.map((lfn) => ({ lfn, type: "input" })),
      ...outputs.map(({ path }) => {
        const wanted = job.policy.keep === true || isWanted(job.key, path)
        return { lfn: `${id}/${path}`, type: "output", stageOut: wanted, registerReplica: wanted }
      }),
    ],
    ...(Object.keys(profiles).length === 0 ? {} : { profiles }),
  }
}

/** Values as flags; where one cannot be part of a line, all are in a file that the job reads. */
function configOf(
  { config }: PlannedJob,
  { id, texts }: { readonly id: string; readonly texts: Map<string, string> },
): { readonly words: readonly string[]; readonly lfns: readonly string[] } {
  const values = Object.entries(config).map(([name, value]) => `${name}=${textOf(value)}`)
  if (values.every((value) => quoted(value) !== undefined))
    return { words: values.flatMap((value) => ["--set", value]), lfns: [] }
  const lfn = `config/${id}.json`
  texts.set(lfn, `${JSON.stringify({ config }, undefined, 2)}\n`)
  return { words: ["--config-json", lfn], lfns: [lfn] }
}

function inputsOf(
  job: PlannedJob,
  { exported, nameOf, files }: Exporting,
): readonly { readonly input: string; readonly lfn: string }[] {
  const found: { readonly input: string; readonly lfn: string }[] = []
  for (const [input, { takes, parts }] of Object.entries(job.inputs)) {
    if (takes === "value" || takes === "folder")
      throw unfit(`"${job.key}" takes ${takes === "value" ? "a value" : "a folder"} as its input "${input}"`)
    for (const part of parts ?? []) {
      if ("digest" in part) {
        const lfn = `inputs/${part.digest.slice("sha256:".length, "sha256:".length + 12)}/${basename(part.name)}`
        files.set(lfn, part)
        found.push({ input, lfn })
      } else if ("step" in part)
        throw unfit(`"${job.key}" reads of "${part.step}", whose items are known only when it runs`)
      else
        for (const key of part.jobs)
          found.push(...picked(key, part, exported).map((path) => ({ input, lfn: `${nameOf(key)}/${path}` })))
    }
  }
  return found
}

function picked(
  key: string,
  part: Picking,
  { outputsOf, isRun }: Pick<ExportedPlan, "outputsOf" | "isRun">,
): readonly string[] {
  const outputs = outputsOf(key)
  if (outputs === undefined) throw unfit(`what "${key}" writes is known only by patterns`)
  const paths = pickNamed(outputs, part)
  if (paths.length === 0 && !isRun)
    throw unfit(`"${key}" promises no file by the name "${part.files ?? part.output ?? ""}"`)
  return paths
}

/** Files that the workflow gives; where it names none, all. */
function wantedFiles(
  { outputs }: WorkflowPlan,
  known: Pick<ExportedPlan, "outputsOf" | "isRun">,
): (key: string, path: string) => boolean {
  const parts = Object.values(outputs).flatMap((output) => output.parts ?? [])
  const wanted = new Map<string, Set<string>>()
  for (const part of parts) {
    if (!("jobs" in part)) continue
    for (const key of part.jobs) {
      const paths = wanted.get(key) ?? new Set<string>()
      // A job of a run may have failed, and a plan's jobs have to promise what is wanted of them.
      const given = known.isRun ? pickNamed(known.outputsOf(key) ?? [], part) : picked(key, part, known)
      for (const path of given) paths.add(path)
      wanted.set(key, paths)
    }
  }
  return wanted.size === 0 ? () => true : (key, path) => wanted.get(key)?.has(path) === true
}

function textOf(value: JsonValue): string {
  return typeof value === "string" ? value : JSON.stringify(value)
}

/** Pegasus makes one line of the arguments, and splits it at blanks outside of quotes. */
function quote(word: string): string {
  const text = quoted(word)
  if (text !== undefined) return text
  throw unfit(
    `the argument ${JSON.stringify(word.slice(0, 60))} has several lines or both kinds of quotes, and a job of HTCondor has its arguments in one line`,
    "Rename the file",
  )
}

/** Undefined for a word that no line of arguments can have. */
function quoted(word: string): string | undefined {
  if (/[\r\n]/.test(word)) return undefined
  if (/^[\w@%+=:,./-]+$/.test(word)) return word
  if (!word.includes("'")) return `'${word}'`
  return word.includes('"') ? undefined : `"${word}"`
}

function unfit(problem: string, hint = "Run the workflow, and export the run: its files have names"): GeartrainError {
  return new GeartrainError("PEGASUS_NOT_EXPORTABLE", `Cannot write a workflow of Pegasus: ${problem}`, { hint })
}

/** Of `sha256:…`, what catalogs have. */
export function hexOf(digest: Digest): string {
  return digest.slice("sha256:".length)
}
