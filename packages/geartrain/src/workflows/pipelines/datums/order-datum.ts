import { basename } from "node:path"
import { type Gear, GeartrainError, type JsonObject } from "@geartrain/spec"
import type { KnownFile } from "@geartrain/spec/workflow"
import type { StepOrder } from "../../workflow-jobs.ts"
import { type Takes, takesOf } from "../document/check-gear.ts"
import { type Datum, type DatumPart, describeDatum } from "./datum.ts"

/** What is asked of a gear for every datum. */
export interface DatumOrder {
  readonly gear: Gear
  readonly config: JsonObject
  readonly network?: "outbound"
  /** A file with nothing in it, for inputs that give names only. */
  readonly emptyFile: KnownFile
}

/**
 * Puts the files of a datum where its gear looks for them. An input that takes a folder has them by their paths in a folder of the input's name, one
 * that takes files by their names.
 *
 * @returns a function, since what the manifest says is read once for all datums.
 * @throws {GeartrainError} PIPELINE_DATUM_UNFIT where an input takes one file and gets another number, and where two files would have one name.
 */
export function orderDatums({ gear, config, network, emptyFile }: DatumOrder): (datum: Datum) => StepOrder {
  const takes = takesOf(gear)
  return (datum) => {
    const files = new Map<string, KnownFile>()
    for (const part of datum) {
      // A gear that only recovers may have fewer inputs.
      const kind = takes.get(part.to)
      if (kind === undefined) continue
      for (const [name, file] of filesOf(part, kind, datum)) {
        if (files.has(name)) throw twice(datum, { input: part.to, name })
        files.set(name, part.emptyFiles === true ? { ...emptyFile, name: file.name } : file)
      }
    }
    return { gear, config, files, ...(network === undefined ? {} : { network }) }
  }
}

function filesOf(part: DatumPart, kind: Takes, datum: Datum): readonly (readonly [string, KnownFile])[] {
  const files = part.files.map((file) => [file.path, knownFile(file, part.root)] as const)
  switch (kind) {
    case "folder":
      return files.map(([path, file]) => [`${part.to}/${part.input}/${path}`, file])
    case "files":
      return files.map(([, file]) => [`${part.to}/${file.name}`, file])
    case "file":
      if (files.length !== 1) throw notOne(datum, part)
      return files.map(([, file]) => [part.to, file])
  }
}

function knownFile({ path, digest, sizeBytes, type }: DatumPart["files"][number], root: string | undefined): KnownFile {
  return {
    ...{ name: basename(path), digest, sizeBytes },
    ...(root === undefined ? {} : { path: `${root}/${path}` }),
    ...(type === undefined ? {} : { type }),
  }
}

function notOne(datum: Datum, part: DatumPart): GeartrainError {
  return new GeartrainError(
    "PIPELINE_DATUM_UNFIT",
    `Cannot order datum "${describeDatum(datum)}": input "${part.to}" takes one file, and "/${part.path}" is a folder with ${part.files.length}`,
    {
      details: { input: part.to, path: part.path, files: part.files.length },
      hint: "Use a glob that fits files, such as /*/*, or an input of the gear that takes a folder",
    },
  )
}

function twice(datum: Datum, at: { readonly input: string; readonly name: string }): GeartrainError {
  const isOne = at.name === at.input
  return new GeartrainError(
    "PIPELINE_DATUM_UNFIT",
    isOne
      ? `Cannot order datum "${describeDatum(datum)}": input "${at.input}" takes one file, and gets two`
      : `Cannot order datum "${describeDatum(datum)}": two files would be "${at.name}"`,
    { details: at, hint: "Use an input of the gear that takes a folder: files have their whole paths there" },
  )
}
