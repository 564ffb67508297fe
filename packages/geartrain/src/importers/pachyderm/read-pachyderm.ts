import type { Pipeline, PipelineInput } from "@geartrain/spec/workflow"
import { openPipelineFile } from "../../documents/open-pipeline.ts"
import { type DocumentFault, documentFaults, type YamlDocument } from "../../documents/read-yaml.ts"

/** A pipeline of Pachyderm's as one of ours, and what of it has no counterpart here. */
export interface ReadPachyderm {
  readonly pipeline: Pipeline
  /** Fields by their path, with what to do about them. */
  readonly left: readonly { readonly field: string; readonly because: string }[]
}

export interface PachydermChoice {
  /** What runs in place of the image and its command. */
  readonly gear: string
  /** Where repositories lie that no pipeline makes: a path in which `*` stands for the name. */
  readonly folders: string
  /** Repositories that are outputs of pipelines. */
  readonly pipelines: ReadonlySet<string>
}

type Fields = Readonly<Record<string, unknown>>

/** Takes a field, and says why it has no counterpart, if it has none. */
const UNMAPPED: Readonly<Record<string, string>> = {
  autoscaling: "datums run where gear runs",
  datum_set_spec: "each datum is a job of its own",
  determined: "no counterpart",
  dry_run: "use gear pipeline datums",
  egress: "take the output: gear pipeline get NAME -o DIR",
  extension: "no counterpart",
  job_timeout: "no counterpart; resources.time is for each datum",
  max_queue_size: "parallel says how many datums run at one time",
  metadata: "no counterpart",
  output_branch: "an output has one line of commits",
  pod_patch: "there is no Kubernetes",
  pod_spec: "there is no Kubernetes",
  s3_out: "outputs are files in a folder",
  scheduling_spec: "there is no Kubernetes",
  service: "gears end; a service does not",
  sidecar_resource_limits: "there is no sidecar",
  sidecar_resource_requests: "there is no sidecar",
  spout: "gears end; a spout does not",
  tolerations: "there is no Kubernetes",
  worker_rc: "there is no Kubernetes",
}

/**
 * Reads the specification of one pipeline of Pachyderm's, in JSON or YAML.
 *
 * @throws {GeartrainError} PIPELINE_INVALID for what is none, with the line.
 * @see Pachyderm 2, "Pipeline Specification"
 */
export function readPachyderm(document: YamlDocument, choice: PachydermChoice): ReadPachyderm {
  const faults: DocumentFault[] = []
  const left: { field: string; because: string }[] = []
  const spec = fieldsOf(document.value)
  const name = textOf(fieldsOf(spec["pipeline"])["name"])
  if (name === undefined) faults.push(fault(["pipeline", "name"], "the pipeline has no name"))
  const input = readInput(fieldsOf(spec["input"]), { choice, left, faults, path: ["input"] })
  if (faults.length > 0) throw documentFaults(document, faults)
  const described = textOf(spec["description"])
  for (const [field, because] of Object.entries(UNMAPPED)) if (spec[field] !== undefined) left.push({ field, because })
  const pipeline: Pipeline = {
    pipeline: 1,
    name: (name ?? "").replaceAll(/[^A-Za-z0-9._-]/g, "-"),
    ...(described === undefined ? {} : { description: described }),
    gear: choice.gear,
    input,
    ...readTransform(fieldsOf(spec["transform"]), left),
    ...readPolicy(spec, left),
  }
  return { pipeline, left }
}

/** The same of a file. @throws {GeartrainError} PIPELINE_INVALID */
export async function readPachydermFile(file: string, choice: PachydermChoice): Promise<ReadPachyderm> {
  return readPachyderm(await openPipelineFile(file), choice)
}

interface Reading {
  readonly choice: PachydermChoice
  readonly left: { field: string; because: string }[]
  readonly faults: DocumentFault[]
  readonly path: readonly (string | number)[]
}

function readInput(input: Fields, reading: Reading): PipelineInput {
  for (const by of ["cross", "union", "join", "group"] as const) {
    const parts = input[by]
    if (!Array.isArray(parts)) continue
    return {
      [by]: parts.map((part, index) => readInput(fieldsOf(part), { ...reading, path: [...reading.path, by, index] })),
    }
  }
  if (input["pfs"] !== undefined) return readPfs(fieldsOf(input["pfs"]), { ...reading, path: [...reading.path, "pfs"] })
  const problem =
    input["cron"] === undefined ? "it has none of pfs, cross, union, join and group" : "a cron input has no counterpart"
  reading.faults.push(fault(reading.path, problem))
  return {}
}

function readPfs(pfs: Fields, { choice, left, faults, path }: Reading): PipelineInput {
  const [repo, glob] = [textOf(pfs["repo"]), textOf(pfs["glob"])]
  if (repo === undefined || glob === undefined) {
    faults.push(fault(path, `"${repo === undefined ? "repo" : "glob"}" is missing`))
    return {}
  }
  for (const [field, because] of Object.entries(UNMAPPED_OF_PFS)) {
    const is = pfs[field]
    if (is !== undefined && is !== false && is !== "" && is !== "master")
      left.push({ field: [...path, field].join("."), because })
  }
  const texts = { name: textOf(pfs["name"]), joinOn: textOf(pfs["join_on"]), groupBy: textOf(pfs["group_by"]) }
  return {
    ...(choice.pipelines.has(repo) ? { pipeline: repo } : { folder: choice.folders.replaceAll("*", repo) }),
    glob,
    ...Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== undefined)),
    ...(pfs["outer_join"] === true ? { outerJoin: true } : {}),
    ...(pfs["empty_files"] === true ? { emptyFiles: true } : {}),
    ...(pfs["reference"] === true ? { reference: true } : {}),
  }
}

const UNMAPPED_OF_PFS: Readonly<Record<string, string>> = {
  branch: "a folder has one line of commits",
  commit: "the newest commit is read",
  lazy: "files are mounted, never copied",
  project: "names are of this machine",
  repo_type: "no counterpart",
  s3: "files are mounted",
  trigger: "start a run when you want one",
}

function readTransform(transform: Fields, left: Reading["left"]): Partial<Pipeline> {
  const codes = numbersOf(transform["accept_return_code"])
  const recovers = transform["err_cmd"] !== undefined
  for (const [field, because] of Object.entries(UNMAPPED_OF_TRANSFORM)) {
    if (transform[field] !== undefined) left.push({ field: `transform.${field}`, because })
  }
  return {
    ...(codes.length === 0 ? {} : { acceptExitCodes: codes }),
    ...(recovers ? { recover: "drop" as const } : {}),
  }
}

const UNMAPPED_OF_TRANSFORM: Readonly<Record<string, string>> = {
  image: "the gear has it",
  cmd: "the gear has it",
  stdin: "the gear has it",
  env: "write it into the gear's manifest",
  secrets: "a gear's manifest names its secrets",
  image_pull_secrets: "the gear is in the store",
  user: "the gear's manifest says it",
  working_dir: "it is /flywheel/v0",
  dockerfile: "build a gear of it: gear build",
  datum_batching: "each datum is a job of its own",
  err_cmd: "recover: drop leaves out each datum that fails; name a gear there to look into it first",
  err_stdin: "as err_cmd",
  memory_volume: "no counterpart",
  debug: "no counterpart",
}

function readPolicy(spec: Fields, left: Reading["left"]): Partial<Pipeline> {
  const [tries, salt, reprocess] = [spec["datum_tries"], textOf(spec["salt"]), spec["reprocess_spec"]]
  const constant = Number(fieldsOf(spec["parallelism_spec"])["constant"])
  const limits = { ...fieldsOf(spec["resource_requests"]), ...fieldsOf(spec["resource_limits"]) }
  if (limits["gpu"] !== undefined) left.push({ field: "resource_limits.gpu", because: "write resources.gpu yourself" })
  const cpus = cpusOf(limits["cpu"])
  const resources = {
    ...(cpus === undefined ? {} : { cpus }),
    ...amount("memory", sizeOf(limits["memory"])),
    ...amount("disk", sizeOf(limits["disk"])),
    ...amount("time", spec["datum_timeout"]),
  }
  return {
    ...(Number.isInteger(Number(tries)) && Number(tries) > 0 ? { tries: Math.min(100, Number(tries)) } : {}),
    ...(salt === undefined ? {} : { salt }),
    ...(reprocess === "every_job" || reprocess === "until_success" ? { reprocess } : {}),
    ...(Number.isInteger(constant) && constant > 0 ? { parallel: constant } : {}),
    ...(Object.keys(resources).length === 0 ? {} : { resources }),
  }
}

/** Kubernetes writes a half as `500m`, too. */
function cpusOf(value: unknown): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(m?)$/.exec(String(value ?? ""))
  return match === null ? undefined : Number(match[1]) / (match[2] === "m" ? 1000 : 1)
}

/** Kubernetes' `2Gi` is 2 GiB, and its `2G` is 2,000,000,000 bytes. */
function sizeOf(value: unknown): string | undefined {
  const match = /^(\d+(?:\.\d+)?)(?:([KMGTP])(i?)|k)?$/.exec(String(value ?? ""))
  if (match === null) return undefined
  const [whole, number, unit, binary] = match
  if (binary === "i") return `${number}${unit}iB`
  const power = unit === undefined ? (whole.endsWith("k") ? 1 : 0) : 1 + "KMGTP".indexOf(unit)
  return String(Math.round(Number(number) * 1000 ** power))
}

function amount(name: "memory" | "disk" | "time", value: unknown): Partial<Record<typeof name, string>> {
  return typeof value === "string" && value !== "" ? { [name]: value } : {}
}

function numbersOf(value: unknown): readonly number[] {
  return Array.isArray(value) ? value.filter((one): one is number => Number.isInteger(one) && one > 0 && one < 256) : []
}

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {}
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined
}

function fault(path: readonly (string | number)[], problem: string): DocumentFault {
  return { path, problem, fix: "Write it as Pachyderm's pipeline specification says" }
}
