import { canonicalJson, type JsonValue } from "@geartrain/spec"
import { stat } from "../../system/files.ts"
import { sha256 } from "../../system/hash.ts"
import type { WorkflowJobs } from "../workflow-jobs.ts"
import { findInputFaults, type KnownStep, namedFiles } from "./bindings/check-inputs.ts"
import { findOutputFaults } from "./bindings/check-outputs.ts"
import { findValueFaults } from "./bindings/check-values.ts"
import type { KnownDocument } from "./bindings/source-face.ts"
import type { CheckedWorkflow, PlacedFault, WorkflowDocument } from "./checked-workflow.ts"
import { type Described, type FindGear, findFaces } from "./find-faces.ts"
import { type ReadDocument, readDocuments, workflowError } from "./read-documents.ts"

/** What there is to say of a workflow. */
export interface WorkflowCheck<Found> {
  /** Absent where there are faults. */
  readonly checked?: CheckedWorkflow<Found>
  /** All of them, in the order of files and lines. */
  readonly faults: readonly PlacedFault[]
  readonly documents: ReadonlyMap<string, WorkflowDocument>
}

/**
 * Reads a workflow with its sub-workflows, finds the gears of all steps, and holds everything against everything: nothing of it is run.
 *
 * @throws {GeartrainError} WORKFLOW_NOT_FOUND; WORKFLOW_INVALID with every fault at its line and what mends it.
 */
export async function readWorkflow(file: string, jobs: Pick<WorkflowJobs, "resolveGear">): Promise<CheckedWorkflow> {
  const { checked, faults } = await checkWorkflow(file, (reference, folder) => jobs.resolveGear(reference, folder))
  if (checked === undefined) throw workflowError(file, faults)
  return checked
}

/**
 * As `readWorkflow`, for whoever shows the faults, and has no need of more of a gear than its manifest.
 *
 * @throws {GeartrainError} WORKFLOW_NOT_FOUND; WORKFLOW_INVALID where the file is no YAML that could be JSON.
 */
export async function checkWorkflow<Found extends Described>(
  file: string,
  find: FindGear<Found>,
): Promise<WorkflowCheck<Found>> {
  const read = await readDocuments(file)
  const { known, gears, faults: missing } = await findFaces(read.documents, find)
  const bound = await Promise.all([...known.values()].map(findBindingFaults))
  const faults = inOrder([...read.faults, ...missing, ...bound.flat()])
  const { documents } = read
  if (faults.length > 0) return { faults, documents }
  return { faults, documents, checked: { file, digest: digestOf(documents), documents, gears } }
}

async function findBindingFaults(known: KnownDocument): Promise<readonly PlacedFault[]> {
  const { document, faces } = known
  const faults: PlacedFault[] = findOutputFaults(known).map(document.fault)
  for (const [name, face] of faces) {
    const step = document.workflow.steps[name]
    if (step === undefined) continue
    const of: KnownStep = { name, step, face }
    faults.push(...[...findInputFaults(of, known), ...findValueFaults(of, document.workflow)].map(document.fault))
    for (const { path, file } of namedFiles(of, document.folder)) {
      const stats = await stat(file).catch(() => undefined)
      if (stats?.isFile() === true) continue
      const problem = stats === undefined ? `there is no file "${file}"` : `"${file}" is no file`
      faults.push(document.fault({ path, problem, fix: "Name a file that lies beside the workflow" }))
    }
  }
  return faults
}

/** A file that several steps name has its faults once; those of one place are told together. */
function inOrder(faults: readonly PlacedFault[]): readonly PlacedFault[] {
  const files = new Map<string, number>()
  for (const { file } of faults) if (!files.has(file)) files.set(file, files.size)
  const once = new Map(faults.map((fault) => [JSON.stringify(fault), fault] as const))
  return [...once.values()].toSorted(
    (a, b) => (files.get(a.file) ?? 0) - (files.get(b.file) ?? 0) || a.line - b.line || a.column - b.column,
  )
}

function digestOf(documents: ReadonlyMap<string, ReadDocument>): CheckedWorkflow["digest"] {
  const content = Object.fromEntries([...documents].map(([path, { workflow }]) => [path, workflow] as const))
  return sha256(Buffer.from(canonicalJson(content as unknown as JsonValue)))
}
