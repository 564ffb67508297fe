import { type Gear, isGeartrainError } from "@geartrain/spec"
import { type KnownDocument, sourceFace } from "./bindings/source-face.ts"
import type { PlacedFault } from "./checked-workflow.ts"
import { gearFace } from "./faces/gear-face.ts"
import type { OutputFace, StepFace } from "./faces/step-face.ts"
import { workflowFace } from "./faces/workflow-face.ts"
import type { ReadDocument } from "./read-documents.ts"

/** Finds a gear, or as much of it as is needed. @param folder  What a path goes from. */
export type FindGear<Found> = (reference: string, folder: string) => Promise<Found>

/** What is asked of a gear: what it says of itself. */
export type Described = Pick<Gear, "manifest">

/** What all steps of all documents look like, as far as their gears were found. */
export interface FoundFaces<Found> {
  /** By the path of the document. */
  readonly known: ReadonlyMap<string, KnownDocument>
  /** By the path of the step. */
  readonly gears: ReadonlyMap<string, Found>
  readonly faults: readonly PlacedFault[]
}

/** Looks for the gears of all steps, each once, and asks them and the sub-workflows what they take and give. */
export async function findFaces<Found extends Described>(
  documents: ReadonlyMap<string, ReadDocument>,
  find: FindGear<Found>,
): Promise<FoundFaces<Found>> {
  const gears = new Map<string, Found>()
  const faults: PlacedFault[] = []
  const found = new Map<string, FoundGear<Found>>()
  const known = new Map<string, KnownDocument>()
  // From the innermost, since what a workflow gives hangs on what its steps give.
  for (const document of [...documents.values()].reverse()) {
    const faces = new Map<string, StepFace>()
    for (const [name, step] of Object.entries(document.workflow.steps)) {
      const path = pathOfStep(document, name)
      if ("workflow" in step) {
        const inner = known.get(path)
        if (inner !== undefined) faces.set(name, workflowFace(inner.document.workflow, outputsOf(inner)))
        continue
      }
      // A name means one gear wherever it stands; a path goes from the folder of the document.
      const key = /^\.{0,2}\//.test(step.gear) ? `${document.folder}\n${step.gear}` : step.gear
      const gear = found.get(key) ?? (await findGear(step.gear, document.folder, find))
      found.set(key, gear)
      if ("face" in gear) {
        faces.set(name, gear.face)
        gears.set(path, gear.gear)
      } else faults.push(document.fault({ path: ["steps", name, "gear"], ...gear }))
    }
    known.set(document.path, { document, faces })
  }
  return { known, gears, faults }
}

export function pathOfStep({ path }: Pick<ReadDocument, "path">, name: string): string {
  return path === "" ? name : `${path}/${name}`
}

type FoundGear<Found> =
  | { readonly gear: Found; readonly face: StepFace }
  | { readonly problem: string; readonly fix: string }

async function findGear<Found extends Described>(
  reference: string,
  folder: string,
  find: FindGear<Found>,
): Promise<FoundGear<Found>> {
  try {
    const gear = await find(reference, folder)
    return { gear, face: gearFace(gear) }
  } catch (error) {
    // A disk that is full is no fault of the document.
    if (!isGeartrainError(error) || (error.fault !== "user" && error.fault !== "gear")) throw error
    return { problem: error.message, fix: error.hint ?? `Read about it: gear help ${error.code}` }
  }
}

function outputsOf(known: KnownDocument): ReadonlyMap<string, OutputFace> {
  const outputs = Object.entries(known.document.workflow.outputs ?? {})
  return new Map(
    outputs.map(
      ([name, source]) => [name, sourceFace(source, known, undefined) ?? { count: "some", types: undefined }] as const,
    ),
  )
}
