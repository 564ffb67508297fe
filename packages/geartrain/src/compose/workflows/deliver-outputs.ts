import { join } from "node:path"
import { type Digest, GeartrainError } from "@geartrain/spec"
import type { KnownFile } from "@geartrain/spec/workflow"
import { placeOutputs } from "../../engine/life/place-outputs.ts"
import { readInput } from "../../engine/phases/read-input.ts"
import { chmod, realpath } from "../../system/files.ts"
import type { Engine } from "../open-engine.ts"

type Outputs = Readonly<Record<string, readonly KnownFile[]>>

/**
 * Puts the files of a workflow's outputs into a folder, each under the name of its output: `DIR/variants/calls.vcf`. A file that is there already with
 * the same bytes stays; each of the others comes whole or not at all.
 *
 * @param force  Over files of the same name that have other bytes.
 * @returns the paths, those that were there before included.
 * @throws {GeartrainError} OUTPUT_EXISTS, before anything is written; OUTPUT_FOLDER_UNUSABLE; BLOB_NOT_FOUND.
 */
export async function deliverOutputs(
  outputs: Outputs,
  engine: { readonly blobs: Pick<Engine["blobs"], "locate"> },
  { folder, force }: { readonly folder: string; readonly force: boolean },
): Promise<readonly string[]> {
  const wanted = Object.entries(outputs).flatMap(([name, files]) =>
    namedApart(files).map(([path, file]) => ({ ...file, path: `${name}/${path}`, from: file.path })),
  )
  for (const { path } of wanted) refuseUnsafe(path)
  const missing: typeof wanted = []
  for (const file of wanted) {
    const path = join(folder, file.path)
    if (!(await isThere(path, file.digest))) missing.push(file)
    // What lies elsewhere, and only has a link here, is not ours to change.
    else if (file.executable === true && (await realpath(path)) === join(await realpath(folder), file.path))
      await chmod(path, 0o755)
  }
  const places = new Map(missing.flatMap(({ digest, from }) => (from === undefined ? [] : [[digest, from] as const])))
  const blobs = { locate: async (digest: Digest) => (await engine.blobs.locate(digest)) ?? places.get(digest) }
  await placeOutputs({ outputs: missing }, { blobs }, { folder, force })
  return wanted.map(({ path }) => join(folder, path))
}

/** Files of one name get their index before it, as where a step gathers them. */
export function namedApart(files: readonly KnownFile[]): readonly (readonly [string, KnownFile])[] {
  const isTwice = new Set(files.map(({ name }) => name)).size < files.length
  const digits = Math.max(4, String(files.length).length)
  return files.map((file, index) => {
    if (!isTwice) return [file.name, file]
    const slash = file.name.lastIndexOf("/") + 1
    const name = `${String(index).padStart(digits, "0")}-${file.name.slice(slash)}`
    return [`${file.name.slice(0, slash)}${name}`, file]
  })
}

function refuseUnsafe(path: string): void {
  const names = path.split("/")
  const isSafe = names.every((name) => name !== "" && name !== "." && name !== ".." && !name.includes("\0"))
  if (isSafe) return
  throw new GeartrainError(
    "OUTPUT_FOLDER_UNUSABLE",
    `Cannot write output "${path}": it would lie outside of the folder`,
    {
      details: { path },
      hint: "Give the file another name in the gear that writes it",
    },
  )
}

async function isThere(path: string, digest: Digest): Promise<boolean> {
  try {
    return (await readInput("output", path)).digest === digest
  } catch {
    // Nothing is there, or something that cannot be read: whoever writes there tells.
    return false
  }
}
