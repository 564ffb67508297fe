import { type GearManifest, GeartrainError, isGeartrainError } from "@geartrain/spec"
import type { GearAdditions } from "@geartrain/spec/additions"
import type { Caller } from "../../people/caller.ts"
import type { FiledFile } from "../job-archive.ts"
import type { QueuePorts } from "../queue-ports.ts"
import type { JobOrder, QueuedInput } from "./job-order.ts"

/** A record has a line for each. */
export const MOST_FILES = 50_000

/**
 * Finds the files that an order names, fixes their versions and digests, and sees to it that the caller may read them.
 *
 * @throws {GeartrainError} INPUT_NOT_FOUND, in the same words for a file that is not there and one that the caller may not know of;
 *   INPUT_INVALID for a list where the gear takes one file, and for two files of one name.
 */
export async function resolveInputs(
  ports: QueuePorts,
  caller: Caller,
  asked: { readonly order: JobOrder; readonly manifest: GearManifest; readonly additions: GearAdditions },
): Promise<readonly QueuedInput[]> {
  const found: QueuedInput[] = []
  const names = new Set<string>()
  for (const [input, references] of Object.entries(asked.order.inputs ?? {})) {
    const takes = takesOf(asked, input)
    const list = typeof references === "string" ? [references] : references
    if (takes === "file" && list.length !== 1) throw refused(input, `it takes one file, and is given ${list.length}`)
    if (found.length + list.length > MOST_FILES)
      throw refused(input, `a job takes ${MOST_FILES} files at most: pack them first`)
    const files = await findReadable(
      ports,
      caller,
      list.map((reference) => ({ input, reference })),
    )
    for (const file of files) {
      const name = { file: input, files: `${input}/${file.name}`, folder: `${input}/${input}/${file.name}` }[takes]
      if (names.has(name)) throw refused(input, `two of its files are called "${file.name}"`)
      names.add(name)
      const { id, version, digest, sizeBytes, object, place } = file
      found.push({ input: name, file: id, version, name: file.name, digest, sizeBytes, object, place })
    }
  }
  return found
}

export function takesOf(
  { manifest, additions }: { readonly manifest: GearManifest; readonly additions: GearAdditions },
  input: string,
): "file" | "files" | "folder" {
  const added = Object.hasOwn(additions.inputs ?? {}, input) ? additions.inputs?.[input]?.takes : undefined
  const declared = Object.hasOwn(manifest.inputs, input) ? manifest.inputs[input] : undefined
  if (declared?.base === "context") throw refused(input, "the gear looks it up around its destination by itself")
  if (declared?.base === "api-key") throw refused(input, "it is a key, and no file: grant it by its name in keys")
  return added ?? "file"
}

/** What a file of the archive is wanted as, and how it is named. */
export interface AskedFile {
  readonly input: string
  readonly reference: string
}

/**
 * The files that references name, in their order, each of which the caller may read.
 *
 * @throws {GeartrainError} INPUT_NOT_FOUND, of the first that is not there or not to be known.
 */
export async function findReadable(
  ports: QueuePorts,
  caller: Caller,
  asked: readonly AskedFile[],
): Promise<readonly FiledFile[]> {
  const found = await ports.jobArchive.findFiles(
    ports.database.read,
    asked.map(({ reference }) => reference),
  )
  const targets = new Map<string, Set<string>>()
  for (const { project, id } of found.values()) targets.set(project, (targets.get(project) ?? new Set()).add(id))
  const allowed = new Set<string>()
  const files: FiledFile[] = []
  for (const one of asked) {
    const missing = (): GeartrainError =>
      notFound(one, "Name it as file:ID, file:ID@VERSION or group/project/…/files/NAME")
    const file = found.get(one.reference)
    if (file === undefined) throw missing()
    files.push(file)
    const { project } = file
    if (allowed.has(project)) continue
    const request = { right: "read", project, action: "job.input", targets: [...(targets.get(project) ?? [])] } as const
    await ports.access.needEach(caller, request).catch((error: unknown) => {
      throw isGeartrainError(error, "PROJECT_NOT_FOUND") ? missing() : error
    })
    allowed.add(project)
  }
  return files
}

export function notFound({ input, reference }: AskedFile, hint: string): GeartrainError {
  const quoted = JSON.stringify(reference.slice(0, 300).toWellFormed())
  const problem = `Cannot use ${quoted} as input "${input}": there is no such file that you can see`
  return new GeartrainError("INPUT_NOT_FOUND", problem, { details: { input }, hint })
}

export function refused(input: string, why: string): GeartrainError {
  return new GeartrainError("INPUT_INVALID", `Cannot give input "${input.slice(0, 100)}": ${why}`, {
    details: { input },
  })
}
