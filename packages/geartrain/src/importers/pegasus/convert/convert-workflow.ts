import { convertDocument } from "./convert-document.ts"
import { namer } from "./convert-names.ts"
import type { ConvertedDocument } from "./converted-document.ts"
import { type ConvertedGear, gearShelf } from "./gears/convert-gears.ts"
import type { CheckedFile } from "./outside-files.ts"
import type { PegasusFamily } from "./sub-workflows.ts"
import type { TakenOver } from "./take-over.ts"

export interface Converted {
  readonly whole: ConvertedDocument
  /** All files, the whole last. */
  readonly documents: readonly ConvertedDocument[]
  readonly gears: readonly ConvertedGear[]
  readonly rows: readonly TakenOver[]
  readonly checks: readonly CheckedFile[]
}

/**
 * Makes a workflow of gears of one of Pegasus': a gear of each program, a step of each job, joined by their files; and the same of each workflow that
 * is a job, as a file of its own.
 *
 * @param gearPath  How a step names a gear.
 * @throws {GeartrainError} PEGASUS_WORKFLOW_CYCLE; PEGASUS_NOT_CONVERTIBLE.
 */
export function convertWorkflow(family: PegasusFamily, gearPath: (gear: ConvertedGear) => string): Converted {
  const rows: TakenOver[] = []
  const shelf = gearShelf(rows)
  const fileOf = fileNames()
  const documents = new Map<PegasusFamily, ConvertedDocument>()
  const convert = (one: PegasusFamily): ConvertedDocument => {
    const known = documents.get(one)
    if (known !== undefined) return known
    // Files are named from the outermost, so that the whole has the name that it is looked for by.
    const file = fileOf(one === family ? "workflow" : one.inputs.workflow.file)
    const inner = new Map([...one.inner].map(([job, family]) => [job, convert(family)]))
    const document = convertDocument(one, { file, isWhole: one === family, inner, shelf, gearPath, rows })
    documents.set(one, document)
    return document
  }
  const whole = convert(family)
  const all = [...documents.values()]
  return { whole, documents: all, gears: shelf.gears(), rows, checks: all.flatMap(({ checks }) => checks) }
}

/** Names of files without their ending: as those of Pegasus' are called, no two the same. */
function fileNames(): (file: string) => string {
  const nameOf = namer("_-", { most: 80 })
  const counts = new Map<string, number>()
  return (file) => {
    const base = file.replace(/^.*\//, "").replace(/\.[^.]*$/, "")
    const count = (counts.get(base) ?? 0) + 1
    counts.set(base, count)
    return nameOf(count === 1 ? base : `${base} ${count}`)
  }
}
