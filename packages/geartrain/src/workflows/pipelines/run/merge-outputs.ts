import { GeartrainError } from "@geartrain/spec"
import { describeDatum } from "../datums/datum.ts"
import type { DatumRecord } from "../datums/datum-record.ts"
import type { TreeFile } from "../folders/commit.ts"

/**
 * Puts the outputs of all datums into one folder, in the order of their paths.
 *
 * @throws {GeartrainError} PIPELINE_OUTPUTS_COLLIDE, which names both, where two give one path, or one gives a file where another has a folder.
 */
export function mergeOutputs(datums: readonly DatumRecord[]): readonly TreeFile[] {
  const makers = new Map<string, DatumRecord>()
  const files: TreeFile[] = []
  for (const datum of datums) {
    if (datum.state !== "complete") continue
    for (const file of datum.outputs) {
      const path = `${datum.place}${file.path}`
      const other = makers.get(path)
      if (other !== undefined) throw collision(path, other, datum)
      makers.set(path, datum)
      files.push({ ...file, path })
    }
  }
  files.sort((a, b) => (a.path < b.path ? -1 : 1))
  refuseFilesThatAreFolders(files, makers)
  return files
}

function refuseFilesThatAreFolders(files: readonly TreeFile[], makers: ReadonlyMap<string, DatumRecord>): void {
  for (const { path } of files) {
    for (let slash = path.indexOf("/"); slash >= 0; slash = path.indexOf("/", slash + 1)) {
      const [other, here] = [makers.get(path.slice(0, slash)), makers.get(path)]
      if (other !== undefined && here !== undefined) throw collision(path.slice(0, slash), other, here)
    }
  }
}

function collision(path: string, one: DatumRecord, other: DatumRecord): GeartrainError {
  const [first, second] = [one, other].map(({ parts }) => describeDatum(parts))
  const [input] = one.parts
  return new GeartrainError(
    "PIPELINE_OUTPUTS_COLLIDE",
    `Cannot commit the outputs: datum "${first}" and datum "${second}" both give "${path}"`,
    {
      details: { path, datums: [first ?? "", second ?? ""] },
      hint: `Say where the outputs of a datum go: place: "\${${input?.input ?? "NAME"}}/"; what was done is kept, and found again`,
    },
  )
}
