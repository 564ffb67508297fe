import { GeartrainError } from "@geartrain/spec"
import { readdir } from "../../../system/files.ts"
import { fileOfLink, findFolder } from "../../../system/linux/real-path.ts"
import { systemCode } from "../../../system/system-code.ts"
import { MOST_FILES } from "./commit.ts"

const DEEPEST = 64

/** A file in a folder, and where its bytes lie. */
export interface FoundFile {
  readonly path: string
  readonly at: string
}

/**
 * Finds all files of a folder, in the order of their paths.
 *
 * A link to a file in the same folder is that file, as it would be for every program; nothing is followed out of it.
 *
 * @param given  As the user knows the folder.
 * @throws {GeartrainError} PIPELINE_FOLDER_UNFIT for what is no folder, a link that leads out of it or nowhere, and what is neither file nor
 *   folder; PIPELINE_TOO_LARGE.
 */
export async function walkFolder(
  given: string,
): Promise<{ readonly root: string; readonly files: readonly FoundFile[] }> {
  const root = await realFolder(given)
  const files: FoundFile[] = []
  await walk({ root, given }, { path: "", depth: 0 }, files)
  return { root, files: files.sort((a, b) => (a.path < b.path ? -1 : 1)) }
}

async function walk(
  folder: { readonly root: string; readonly given: string },
  at: { readonly path: string; readonly depth: number },
  files: FoundFile[],
): Promise<void> {
  for (const entry of await entriesOf(folder, at.path)) {
    const path = at.path === "" ? entry.name : `${at.path}/${entry.name}`
    if (entry.name.includes("\ufffd")) throw unfit(folder.given, `the name of "${path}" is not UTF-8`)
    if (entry.isDirectory()) {
      if (at.depth >= DEEPEST) throw unfit(folder.given, `"${path}" lies more than ${DEEPEST} folders deep`)
      await walk(folder, { path, depth: at.depth + 1 }, files)
      continue
    }
    if (entry.isSymbolicLink()) files.push({ path, at: await targetInside(folder, path) })
    else if (entry.isFile()) files.push({ path, at: `${folder.root}/${path}` })
    else throw unfit(folder.given, `"${path}" is neither a file nor a folder`)
    if (files.length > MOST_FILES) throw tooLarge(folder.given)
  }
}

/** What lies in a folder; one that went meanwhile, or that may not be read, is said. */
async function entriesOf(folder: { readonly root: string; readonly given: string }, path: string) {
  try {
    return await readdir(path === "" ? folder.root : `${folder.root}/${path}`, { withFileTypes: true })
  } catch (error) {
    const code = systemCode(error)
    const is = code === undefined ? undefined : UNREADABLE[code]
    if (is === undefined) throw error
    throw unfit(folder.given, `"/${path}" ${is}`, error)
  }
}

const UNREADABLE: Readonly<Record<string, string>> = {
  EACCES: "may not be read by you",
  ENOENT: "went while it was read",
  ENOTDIR: "became a file while it was read",
}

async function targetInside(folder: { readonly root: string; readonly given: string }, path: string): Promise<string> {
  const target = await fileOfLink(folder.root, path)
  if (typeof target === "object") return target.file
  const is = target === "nothing" ? "a link to nothing" : "a link out of the folder, or to a folder"
  throw unfit(folder.given, `"${path}" is ${is}`)
}

/** The path of a folder without links. @throws {GeartrainError} PIPELINE_FOLDER_UNFIT where there is none. */
export async function realFolder(given: string): Promise<string> {
  const found = await findFolder(given)
  if (typeof found === "object") return found.root
  throw unfit(given, found === "nothing" ? "there is no such folder" : "it is no folder")
}

function unfit(folder: string, is: string, cause?: unknown): GeartrainError {
  return new GeartrainError("PIPELINE_FOLDER_UNFIT", `Cannot commit folder "${folder}": ${is}`, {
    details: { folder },
    hint: "Name a folder of files, without links out of it",
    ...(cause === undefined ? {} : { cause }),
  })
}

function tooLarge(folder: string): GeartrainError {
  return new GeartrainError(
    "PIPELINE_TOO_LARGE",
    `Cannot commit folder "${folder}": it has more than ${MOST_FILES} files`,
    { details: { folder, most: MOST_FILES }, hint: "Pack files that belong together, or commit parts of it" },
  )
}
