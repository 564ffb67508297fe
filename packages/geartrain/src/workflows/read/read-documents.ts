import { dirname, join, resolve } from "node:path"
import { formatPath, GeartrainError, isGeartrainError, type JsonPath } from "@geartrain/spec"
import type { Workflow, WorkflowFault, WorkflowStep } from "@geartrain/spec/workflow"
import { readWorkflowValue, type WorkflowReading } from "@geartrain/spec/workflow-reading"
import { readYamlFile, type YamlDocument } from "../../documents/read-yaml.ts"
import type { PlacedFault, WorkflowDocument } from "./checked-workflow.ts"

/** A document that was read, perhaps in part. */
export interface ReadDocument extends WorkflowDocument {
  /** Parts that are there and could not be read. */
  readonly broken: ReadonlySet<string>
  readonly fault: (fault: WorkflowFault) => PlacedFault
}

/** All documents of a workflow that could be read, and what is wrong with each by itself. */
export interface ReadDocuments {
  readonly documents: ReadonlyMap<string, ReadDocument>
  readonly faults: readonly PlacedFault[]
}

const DEEPEST = 16
/** Sixteen levels of two steps each would be 65,536 documents. */
const MOST_DOCUMENTS = 10_000

/** What was read of one file, for all steps that name it. */
interface ReadFile {
  readonly document: YamlDocument
  readonly reading: WorkflowReading
}

interface Wanted {
  readonly path: string
  readonly file: string
  /** Files around it, from the outermost. */
  readonly around: readonly string[]
  readonly from?: { readonly parent: ReadDocument; readonly at: JsonPath }
}

/**
 * Reads a workflow's file and those of its sub-workflows. What is wrong with a sub-workflow's file is a fault of the step that names it.
 *
 * @throws {GeartrainError} WORKFLOW_NOT_FOUND; WORKFLOW_INVALID where the file itself is no YAML that could be JSON.
 */
export async function readDocuments(file: string): Promise<ReadDocuments> {
  const documents = new Map<string, ReadDocument>()
  const faults: PlacedFault[] = []
  const files = new Map<string, ReadFile>()
  const told = new Set<string>()
  const wanted: Wanted[] = [{ path: "", file, around: [] }]
  for (let next = wanted.shift(); next !== undefined; next = wanted.shift()) {
    const problem = documents.size < MOST_DOCUMENTS ? undefined : `it has more than ${MOST_DOCUMENTS} sub-workflows`
    const read = problem ?? (await readOnce(next, files))
    if (typeof read === "string") {
      if (next.from === undefined) throw new RangeError(read)
      const { parent, at } = next.from
      faults.push(parent.fault({ path: at, problem: read, fix: "Name the file of another workflow" }))
      if (problem !== undefined) break
      continue
    }
    const placed = placedDocument(next, read)
    // A file that several steps name is told of once.
    if (!told.has(next.file)) faults.push(...read.reading.faults.map(placed.fault))
    told.add(next.file)
    if (read.reading.workflow === undefined) continue
    documents.set(next.path, placed)
    wanted.push(...subWorkflows(placed, next))
  }
  return { documents, faults }
}

async function readOnce(wanted: Wanted, files: Map<string, ReadFile>): Promise<ReadFile | string> {
  const key = resolve(wanted.file)
  if (wanted.around.includes(key)) {
    return `workflows hold each other: ${[...wanted.around.slice(wanted.around.indexOf(key)), key].join(" → ")}`
  }
  if (wanted.around.length > DEEPEST) return `sub-workflows lie more than ${DEEPEST} deep`
  const known = files.get(key)
  if (known !== undefined) return known
  try {
    const document = await readYamlFile(wanted.file, "WORKFLOW_INVALID")
    const read = { document, reading: readWorkflowValue(document.value) }
    files.set(key, read)
    return read
  } catch (error) {
    const why = whyUnread(error, wanted.file)
    if (wanted.from !== undefined) return why
    throw isGeartrainError(error) ? error : notFound(wanted.file, why, error)
  }
}

/** What a sub-workflow's file has wrong is told where it is named; what is no matter of the file is thrown. */
function whyUnread(error: unknown, file: string): string {
  if (isGeartrainError(error, "WORKFLOW_INVALID")) return error.message
  const code = (error as NodeJS.ErrnoException).code
  const why = code === undefined ? undefined : UNREAD.get(code)
  if (why === undefined) throw error
  return `${JSON.stringify(file)} ${why}`
}

function notFound(file: string, why: string, cause: unknown): GeartrainError<"WORKFLOW_NOT_FOUND"> {
  return new GeartrainError("WORKFLOW_NOT_FOUND", `Cannot read a workflow: ${why}`, {
    details: { file },
    hint: "Name its file, or begin one: gear workflow init DIR",
    cause,
  })
}

const UNREAD: ReadonlyMap<string, string> = new Map([
  ["ENOENT", "is not there"],
  ["ENOTDIR", "is not there"],
  ["EISDIR", "is a folder"],
  ["EACCES", "may not be read by this user"],
  ["EPERM", "may not be read by this user"],
  ["ELOOP", "is a link that leads in a circle"],
  ["ENAMETOOLONG", "has a name that is too long"],
])

function placedDocument({ path, file }: Wanted, { document, reading }: ReadFile): ReadDocument {
  return {
    path,
    file,
    folder: dirname(resolve(file)),
    // Of one that cannot be read in any part nothing is asked.
    workflow: reading.workflow as Workflow,
    broken: reading.broken,
    fault: ({ path: at, problem, fix }) => ({ file, ...document.place(at), where: formatPath(at), problem, fix }),
  }
}

function subWorkflows(parent: ReadDocument, { around, file }: Wanted): readonly Wanted[] {
  return Object.entries(parent.workflow.steps).flatMap(([name, step]: [string, WorkflowStep]) => {
    if (!("workflow" in step)) return []
    const path = parent.path === "" ? name : `${parent.path}/${name}`
    const at = ["steps", name, "workflow"]
    const found = step.workflow.startsWith("/") ? step.workflow : join(dirname(file), step.workflow)
    return [{ path, file: found, around: [...around, resolve(file)], from: { parent, at } }]
  })
}

const MOST_SHOWN = 20

/** The error that tells of all faults, a line each, 20 at most. @param faults  At least one. */
export function workflowError(file: string, faults: readonly PlacedFault[]): GeartrainError<"WORKFLOW_INVALID"> {
  const lines = faults.slice(0, MOST_SHOWN).map(faultLine)
  if (faults.length > lines.length) lines.push(`… and ${faults.length - lines.length} more`)
  const message =
    faults.length === 1
      ? `Cannot follow workflow "${file}": ${lines[0]}`
      : [`Cannot follow workflow "${file}": it has ${faults.length} faults`, ...lines].join("\n")
  return new GeartrainError("WORKFLOW_INVALID", message, {
    details: { file, faults: faults.map((fault) => ({ ...fault })) },
    hint: `See each fault at its line: gear workflow check ${file}`,
  })
}

function faultLine({ file, line, column, problem, fix }: PlacedFault): string {
  return `${file}:${line}:${column}: ${problem}; ${fix.charAt(0).toLowerCase()}${fix.slice(1)}`
}
