import { basename, resolve } from "node:path"
import { GeartrainError } from "@geartrain/spec"
import type { GearAdditions } from "@geartrain/spec/additions"
import { readdir } from "../../system/files.ts"
import { fileOfLink, findFolder } from "../../system/linux/real-path.ts"
import type { JobRequest } from "../job-request.ts"

/** A record has a line for each. */
const MOST_FILES = 50_000
const DEEPEST = 32

/**
 * Takes inputs of several files, and folders, apart into their files: `scans/a.dcm` is one of the files of input `scans`, `data/sub-01/a/b.dcm` one
 * of the folder `sub-01` that input `data` was given. Files that come so already, as from a record, stay.
 *
 * Every file is read for its digest.
 *
 * @throws {GeartrainError} INPUT_NOT_FOUND, INPUT_NOT_A_FILE, INPUT_NAME_UNSAFE
 */
export async function expandInputs(
  files: JobRequest["files"],
  additions: Pick<GearAdditions, "inputs">,
): Promise<JobRequest["files"]> {
  const expanded: [string, string][] = []
  for (const [name, path] of Object.entries(files)) {
    const takes = Object.hasOwn(additions.inputs ?? {}, name) ? additions.inputs?.[name]?.takes : undefined
    if (takes === "folder") expanded.push(...(await filesOfFolder(name, path)))
    else expanded.push([takes === "files" ? `${name}/${basename(path)}` : name, path])
  }
  return Object.fromEntries(expanded)
}

async function filesOfFolder(input: string, path: string): Promise<readonly [string, string][]> {
  const root = await folderOf(input, path)
  const found: string[] = []
  await walk({ input, root, given: path }, { path: "", depth: 0 }, found)
  if (found.length === 0) throw refusal("INPUT_NOT_FOUND", { input, path }, "there is no file in the folder")
  const name = basename(resolve(path))
  return found.map((file) => [`${input}/${name}/${file}`, `${root}/${file}`])
}

interface Folder {
  readonly input: string
  readonly root: string
  /** As the user gave it. */
  readonly given: string
}

async function walk(
  folder: Folder,
  at: { readonly path: string; readonly depth: number },
  found: string[],
): Promise<void> {
  const { input, root, given } = folder
  const entries = await readdir(at.path === "" ? root : `${root}/${at.path}`, { withFileTypes: true })
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = at.path === "" ? entry.name : `${at.path}/${entry.name}`
    const whole = `${given}/${path}`
    if (entry.isDirectory()) {
      if (at.depth >= DEEPEST)
        throw refusal("INPUT_NOT_A_FILE", { input, path: whole }, `it lies more than ${DEEPEST} folders deep`)
      await walk(folder, { path, depth: at.depth + 1 }, found)
      continue
    }
    if (entry.isSymbolicLink()) await refuseLinkOut(folder, path)
    else if (!entry.isFile())
      throw refusal("INPUT_NOT_A_FILE", { input, path: whole }, "it is neither a file nor a folder")
    found.push(path)
    if (found.length > MOST_FILES) {
      throw refusal("INPUT_NOT_A_FILE", { input, path: given }, `it has more than ${MOST_FILES} files: pack them first`)
    }
  }
}

async function refuseLinkOut({ input, root, given }: Folder, path: string): Promise<void> {
  const target = await fileOfLink(root, path)
  if (typeof target === "object") return
  const why = target === "nothing" ? "it is a link to nothing" : "it is a link out of the folder, or to a folder"
  throw refusal("INPUT_NOT_A_FILE", { input, path: `${given}/${path}` }, why)
}

async function folderOf(input: string, path: string): Promise<string> {
  const found = await findFolder(path)
  if (typeof found === "object") return found.root
  if (found === "nothing") throw refusal("INPUT_NOT_FOUND", { input, path }, "there is no such folder")
  throw refusal("INPUT_NOT_A_FILE", { input, path }, "the input takes a folder, and this is none")
}

function refusal(
  code: "INPUT_NOT_FOUND" | "INPUT_NOT_A_FILE",
  of: { readonly input: string; readonly path: string },
  is: string,
): GeartrainError {
  return new GeartrainError(code, `Cannot read input "${of.input}" from "${of.path}": ${is}`, {
    details: { ...of },
    hint: `Give a folder of files: --input ${of.input}=DIR`,
  })
}
