import { canonicalJson, comparePaths, type Digest, GeartrainError } from "@geartrain/spec"
import { constants, open, readdir, readlink } from "../../../system/files.ts"
import { createHasher } from "../../../system/hash.ts"
import { hashOpenFile } from "../../../system/hash-file.ts"
import { lookAtOnce } from "../../../system/small-file.ts"
import { systemCode } from "../../../system/system-code.ts"
import { isIgnored } from "./ignored-paths.ts"

/** More is the wrong folder: the home folder, or one with data in it. */
const MOST_ENTRIES = 100_000

/**
 * Digest of all that lies in a folder: names, kinds, permissions, bytes and targets of links, and no times.
 *
 * Links are not followed. A file that changes while it is read has some digest, and not that of the next look.
 *
 * @throws {GeartrainError} BUILD_FOLDER_INVALID when there is too much in it, or something that may not be read.
 */
export async function contextDigest(
  folder: string,
  options: { readonly ignored: readonly string[]; readonly signal?: AbortSignal },
): Promise<Digest> {
  const hasher = createHasher()
  let entries = 0
  for await (const path of walk(folder, "", options.ignored)) {
    options.signal?.throwIfAborted()
    entries += 1
    if (entries > MOST_ENTRIES) throw tooMuch(folder)
    hasher.update(Buffer.from(`${canonicalJson(await describe(folder, path))}\n`))
  }
  return hasher.digest()
}

/** Paths below a folder, each folder before what is in it, in the order of their bytes. */
async function* walk(folder: string, below: string, ignored: readonly string[]): AsyncGenerator<string> {
  const children = await readdir(`${folder}/${below}`, { withFileTypes: true }).catch((error: unknown) => {
    throw unreadable(`${folder}/${below}`, error)
  })
  for (const child of children.toSorted((a, b) => comparePaths(a.name, b.name))) {
    const path = below === "" ? child.name : `${below}/${child.name}`
    if (isIgnored(ignored, path)) continue
    yield path
    if (child.isDirectory()) yield* walk(folder, path, ignored)
  }
}

async function describe(folder: string, path: string): Promise<readonly (string | number)[]> {
  const whole = `${folder}/${path}`
  const stats = lookAtOnce(whole)
  if (stats === undefined) return [path, "gone"]
  const mode = stats.mode & 0o7777
  if (stats.isSymbolicLink()) return [path, "link", await readlink(whole)]
  if (stats.isDirectory()) return [path, "folder", mode]
  // A pipe would be waited for, and a builder does not copy one.
  if (!stats.isFile()) return [path, "other", mode]
  return [path, "file", mode, await fileDigest(whole)]
}

async function fileDigest(path: string): Promise<string> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    (error: unknown) => {
      throw unreadable(path, error)
    },
  )
  try {
    return (await hashOpenFile(file)).digest
  } finally {
    await file.close()
  }
}

function tooMuch(folder: string): GeartrainError {
  return new GeartrainError(
    "BUILD_FOLDER_INVALID",
    `Cannot build "${folder}": it holds more than ${MOST_ENTRIES} files and folders`,
    {
      details: { folder },
      hint: "Keep data elsewhere, or name what is no part of the build in .dockerignore",
    },
  )
}

function unreadable(path: string, cause: unknown): GeartrainError {
  const code = systemCode(cause)
  return new GeartrainError("BUILD_FOLDER_INVALID", `Cannot read "${path}" for the build: ${code ?? String(cause)}`, {
    details: { path },
    hint: "Let this user read it, or name it in .dockerignore",
    cause,
  })
}
