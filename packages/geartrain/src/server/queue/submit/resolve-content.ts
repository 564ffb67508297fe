import { canonicalJson, describeFile, type GearManifest, GeartrainError, type JsonValue } from "@geartrain/spec"
import type { GearAdditions } from "@geartrain/spec/additions"
import type { Caller } from "../../people/caller.ts"
import { storedDigests } from "../blobs/stored-digests.ts"
import type { QueuePorts } from "../queue-ports.ts"
import { type FoundContent, findContent } from "./find-content.ts"
import type { ContentFile, QueuedInput } from "./job-order.ts"
import { MOST_FILES, refused, takesOf } from "./resolve-inputs.ts"

/** As much as a gear's config.json can sensibly hold, and a row of the table. */
const MOST_CONTEXT_BYTES = 1024 * 1024

/**
 * Finds the bytes that an order by content names, sees to it that the caller may read them where they are said to lie, that they are what the order
 * says, and that they are stored. What is known of a file beyond its name stays with the file.
 *
 * @throws {GeartrainError} INPUT_INVALID for a name that no file of the gear's can have, or that two have; INPUT_NOT_FOUND, in the same words for
 *   what is not there and what the caller may not know of; INPUT_DIGEST_MISMATCH; BLOB_NOT_FOUND.
 */
export async function resolveContent(
  ports: QueuePorts,
  caller: Caller,
  asked: {
    readonly files: readonly ContentFile[]
    readonly manifest: GearManifest
    readonly additions: GearAdditions
  },
): Promise<readonly QueuedInput[]> {
  const { files } = asked
  if (files.length > MOST_FILES)
    throw refused(files[0]?.input ?? "", `a job takes ${MOST_FILES} files at most: pack them first`)
  refuseNames(files, (input) => takesOf(asked, input))
  const found = await findContent(ports, caller, files)
  const inputs = files.map((file) => queued(file, found.get(file.from)))
  const stored = await storedDigests(
    ports.blobs,
    inputs.map(({ digest }) => digest),
  )
  const gone = inputs.find(({ digest }) => !stored.has(digest))
  if (gone === undefined) return inputs
  throw new GeartrainError(
    "BLOB_NOT_FOUND",
    `Cannot give input "${gone.input}": the bytes of "${gone.name}" are gone from the server`,
    { details: { input: gone.input, digest: gone.digest }, hint: "Upload the file again, or run the job that made it" },
  )
}

/**
 * The values of context inputs that an order by content gives.
 *
 * @throws {GeartrainError} INPUT_INVALID for what is no context input of the gear, and for more than a MiB.
 */
export function givenContexts(
  manifest: GearManifest,
  contexts: Readonly<Record<string, JsonValue>>,
): Readonly<Record<string, JsonValue>> {
  for (const name of Object.keys(contexts)) {
    const isContext = Object.hasOwn(manifest.inputs, name) && manifest.inputs[name]?.base === "context"
    if (!isContext) throw refused(name, "it is no context that the gear looks up")
  }
  const sizeBytes = Buffer.byteLength(canonicalJson(contexts))
  if (sizeBytes <= MOST_CONTEXT_BYTES) return contexts
  const first = Object.keys(contexts)[0] ?? ""
  throw refused(first, `contexts have ${sizeBytes} bytes, and may have ${MOST_CONTEXT_BYTES}: give a file instead`)
}

function queued(file: ContentFile, found: FoundContent | undefined): QueuedInput {
  if (found === undefined) throw new TypeError("every file is found, or refused")
  const { input, name, digest, type } = file
  const { sizeBytes, ...where } = found
  if (found.digest !== digest) {
    throw new GeartrainError(
      "INPUT_DIGEST_MISMATCH",
      `Cannot use ${JSON.stringify(file.from.slice(0, 300).toWellFormed())} as input "${input}": it is ${found.digest}, and not ${digest}`,
      {
        details: { input, expected: digest, actual: found.digest },
        hint: "Name the version that was meant: file:ID@VERSION",
      },
    )
  }
  const object = describeFile(name, sizeBytes, type === undefined ? undefined : { type })
  return { ...where, input, name, digest, sizeBytes, object }
}

/** Deeper, no folder is taken apart by the engine either. */
const DEEPEST = 34

/**
 * Each file gets a path of its own below the folder of its input, and none is where another has a folder.
 *
 * @throws {GeartrainError} INPUT_INVALID
 */
function refuseNames(files: readonly ContentFile[], takesOf: (input: string) => "file" | "files" | "folder"): void {
  const paths = new Set<string>()
  const folders = new Set<string>()
  for (const { input: path, name } of files) {
    const [input = "", ...steps] = path.split("/")
    const takes = takesOf(input)
    if (takes === "file" && steps.length > 0) throw refused(path, `input "${input.slice(0, 100)}" takes one file`)
    if (takes !== "file" && steps.length === 0) throw refused(path, "it takes several files: name each as INPUT/NAME")
    if (takes === "files" && steps.length > 1) throw refused(path, "its files lie in no folders")
    if (steps.length > DEEPEST) throw refused(path, `it lies more than ${DEEPEST} folders deep`)
    const unsafe = [name, ...steps].find((step) => !isName(step))
    if (unsafe !== undefined) throw refused(path, `${JSON.stringify(unsafe.slice(0, 100))} is no name of a file`)
    if (steps.length > 0 && steps.at(-1) !== name)
      throw refused(path, `its file is called "${name.slice(0, 100)}", and its path ends otherwise`)
    if (paths.has(path)) throw refused(path, "it is given twice")
    paths.add(path)
    for (let depth = 1; depth <= steps.length; depth++) folders.add([input, ...steps.slice(0, depth - 1)].join("/"))
  }
  const both = [...paths].find((path) => folders.has(path))
  if (both !== undefined) throw refused(both, "it is a file, and a folder of others")
}

/** As the engine has it. */
function isName(name: string): boolean {
  return name !== "" && name !== "." && name !== ".." && !/[/\0]/.test(name) && Buffer.byteLength(name) <= 255
}
