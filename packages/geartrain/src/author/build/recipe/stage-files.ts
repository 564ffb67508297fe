import { dirname, join } from "node:path"
import { comparePaths, type Digest } from "@geartrain/spec"
import { documentFaults, type YamlDocument } from "../../../documents/read-yaml.ts"
import { constants, type FileHandle, mkdir, open, readdir, realpath } from "../../../system/files.ts"
import { createHasher } from "../../../system/hash.ts"
import { lookAtOnce } from "../../../system/small-file.ts"

/** A file of the gear's own, copied to where nobody changes it any more. */
export interface StagedFile {
  /** In the gear, without a slash before. */
  readonly path: string
  readonly digest: Digest
  readonly executable: boolean
}

/** What every gear that is built from a recipe has, without its saying so: the manifest, and the program where there is one. */
const ALWAYS: Readonly<Record<string, { readonly source: string; readonly optional: boolean }>> = {
  "/flywheel/v0/manifest.json": { source: "manifest.json", optional: false },
  "/flywheel/v0/run": { source: "run", optional: true },
}

const MOST_FILES = 10_000

/**
 * Copies the files that a recipe names into a folder, under the paths that they have in the gear, and hashes them on the way: what is built is
 * what was hashed.
 *
 * @param folder  Nothing outside of it is read, and no link is followed.
 * @throws {GeartrainError} RECIPE_INVALID for a file that is missing, a link, no regular file, or outside the folder.
 */
export async function stageFiles(
  files: Readonly<Record<string, string>>,
  from: { readonly folder: string; readonly document: YamlDocument },
  target: string,
): Promise<readonly StagedFile[]> {
  const root = await realpath(from.folder)
  const copies: Copy[] = []
  for (const [path, { source, optional }] of Object.entries(ALWAYS)) {
    if (Object.hasOwn(files, path) || (optional && lookAtOnce(join(root, source)) === undefined)) continue
    copies.push(...(await expand({ path, source, where: [] }, root, from.document)))
  }
  for (const [path, source] of Object.entries(files)) {
    copies.push(...(await expand({ path, source, where: ["files", path] }, root, from.document)))
  }
  if (copies.length > MOST_FILES)
    throw fault(
      from.document,
      ["files"],
      [`they are more than ${MOST_FILES} files`, "Put them into an archive or a package"],
    )
  const staged: StagedFile[] = []
  const taken = new Set<string>()
  for (const copy of copies.toSorted((a, b) => comparePaths(a.path, b.path))) {
    if (taken.has(copy.path))
      throw fault(from.document, copy.where, [`"${copy.path}" comes from two places`, "Remove one of them"])
    taken.add(copy.path)
    staged.push(await stageOne(copy, from.document, target))
  }
  return staged
}

/** What is to be copied, and where the recipe says so. */
interface Wanted {
  readonly path: string
  readonly source: string
  readonly where: readonly string[]
}

interface Copy extends Wanted {
  /** Absolute. */
  readonly file: string
}

async function expand(wanted: Wanted, root: string, document: YamlDocument): Promise<readonly Copy[]> {
  const { source, where } = wanted
  if (source.startsWith("/") || source.split("/").includes("..")) {
    throw fault(document, where, [
      `"${source}" leads out of the folder of the recipe`,
      "Copy the file into the folder, and name it from there",
    ])
  }
  const file = join(root, source)
  const stats = lookAtOnce(file)
  if (stats === undefined)
    throw fault(document, where, [`there is no "${source}" beside the recipe`, "Add the file, or mend its name"])
  if (stats.isSymbolicLink() || (await realpath(dirname(file))) !== dirname(file)) {
    throw fault(document, where, [
      `"${source}" is a link, or lies behind one`,
      "Copy what it points to into the folder",
    ])
  }
  if (stats.isFile()) return [{ ...wanted, file }]
  if (!stats.isDirectory()) throw fault(document, where, [`"${source}" is neither file nor folder`, "Name a file"])
  const names = (await readdir(file)).toSorted(comparePaths)
  const within: Copy[] = []
  for (const name of names) {
    within.push(
      ...(await expand({ path: `${wanted.path}/${name}`, source: `${source}/${name}`, where }, root, document)),
    )
    if (within.length > MOST_FILES) break
  }
  return within
}

async function stageOne(copy: Copy, document: YamlDocument, target: string): Promise<StagedFile> {
  const path = copy.path.slice(1)
  const place = join(target, path)
  await mkdir(dirname(place), { recursive: true })
  const source = await open(copy.file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    (error: NodeJS.ErrnoException) => {
      throw fault(document, copy.where, [`"${copy.source}" cannot be read (${error.code})`, "Let this user read it"])
    },
  )
  try {
    // Of the permissions only this is the author's: the others are those of the machine that the folder was checked out on.
    const executable = ((await source.stat()).mode & 0o100) !== 0
    const copied = await open(place, "wx", executable ? 0o755 : 0o644)
    try {
      const digest = await copyBytes(source, copied)
      await copied.chmod(executable ? 0o755 : 0o644)
      return { path, digest, executable }
    } finally {
      await copied.close()
    }
  } finally {
    await source.close()
  }
}

async function copyBytes(source: FileHandle, target: FileHandle): Promise<Digest> {
  const hasher = createHasher()
  const buffer = Buffer.allocUnsafe(1024 * 1024)
  for (;;) {
    const { bytesRead } = await source.read(buffer, 0, buffer.length, null)
    if (bytesRead === 0) return hasher.digest()
    const bytes = buffer.subarray(0, bytesRead)
    hasher.update(bytes)
    await target.writeFile(bytes)
  }
}

/** @param what  What is the case, and what mends it. */
function fault(document: YamlDocument, path: readonly string[], what: readonly [problem: string, fix: string]): Error {
  const [problem, fix] = what
  return documentFaults(document, [{ path, problem, fix }])
}
