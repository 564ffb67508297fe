import { hexOf, type JobRecord, mimeType, type OutputFile } from "@geartrain/spec"
import { type CrateEntity, fileId, reference } from "./crate.ts"
import type { CratedJob } from "./crated-job.ts"

/** Files that went in: those of one job, in the order of its record. */
export function inputEntities({ record, inputPaths }: CratedJob): readonly CrateEntity[] {
  return Object.entries(record.invocation.inputs).flatMap(([input, given]) => {
    if (given.base !== "file") return []
    const sizeBytes = record.inputs[input]?.sizeBytes
    const file = { name: given.name, digest: given.digest, ...(sizeBytes === undefined ? {} : { sizeBytes }) }
    return [fileEntity(file, inputPaths.get(input))]
  })
}

/** Files that came out. */
export function outputEntities({ record, outputPaths }: CratedJob): readonly CrateEntity[] {
  return record.outputs.map((output) => fileEntity(described(output), outputPaths.get(output.path)))
}

/** The record and the log: not what the gear made, but what tells of it. */
export function witnessEntities({ record, recordPath, logPath }: CratedJob, action: string): readonly CrateEntity[] {
  const witness = (path: string, name: string, type: string): CrateEntity => ({
    "@id": fileId(path),
    "@type": "File",
    name,
    encodingFormat: type,
    about: reference(action),
  })
  return [
    witness(recordPath, `Record of job ${record.id}`, "application/json"),
    ...(logPath === undefined ? [] : [witness(logPath, `Log of job ${record.id}`, "text/plain")]),
  ]
}

/** A file that went into a workflow, or came out of it. */
export function knownFileEntity({ name, digest, sizeBytes }: DescribedFile, path: string | undefined): CrateEntity {
  return fileEntity({ name, digest, ...(sizeBytes === undefined ? {} : { sizeBytes }) }, path)
}

interface DescribedFile {
  readonly name: string
  readonly digest: JobRecord["outputs"][number]["digest"]
  readonly sizeBytes?: number
}

function described(output: OutputFile): DescribedFile {
  return { name: output.path, digest: output.digest, sizeBytes: output.sizeBytes }
}

/** A file that has no place in the crate is no data entity of it: it is described by its digest, so that whoever has it can tell. */
function fileEntity(file: DescribedFile, path: string | undefined): CrateEntity {
  const said = {
    ...(file.sizeBytes === undefined ? {} : { contentSize: String(file.sizeBytes) }),
    encodingFormat: mimeType(file.name),
    sha256: hexOf(file.digest),
  }
  if (path !== undefined) {
    const renamed = path.split("/").at(-1) !== file.name.split("/").at(-1)
    return {
      "@id": fileId(path),
      "@type": "File",
      name: file.name,
      ...(renamed ? { alternateName: file.name } : {}),
      ...said,
    }
  }
  return {
    "@id": `#file-${hexOf(file.digest)}`,
    "@type": "CreativeWork",
    name: file.name,
    description: "Not in this crate: known by its digest",
    ...said,
  }
}
