import { countsInTree, hexOf, type TreeDigest } from "@geartrain/spec"
import { mkdir, writeFile } from "../../../system/files.ts"
import { createHasher } from "../../../system/hash.ts"
import { runProcess } from "../../../system/process.ts"
import { explainingDisk, toolError } from "../home/disk-error.ts"
import { type ByteReader, createByteReader } from "./byte-reader.ts"
import { type PipedProcess, startPiped } from "./piped-process.ts"
import { createSkeleton, type SkeletonWriter } from "./skeleton-file.ts"
import { BLOCK_BYTES, padded, readTarMember, type TarMember } from "./tar-member.ts"

/** Time for the disk to write a root filesystem that is in memory. */
const SYNC_MS = 30 * 60_000

/**
 * Unpacks a tar stream into `tree/`, `skeleton.zst` and `uncounted` (see `root-folder.ts`), and answers when all is on the disk.
 *
 * GNU tar does the unpacking, as the one program that gets everything right; it refuses `..`, and follows no link that it has made.
 *
 * @param options.trueOwners  Whether this process may give files away and make devices.
 */
export async function writeTree(
  folder: string,
  tar: AsyncIterable<Uint8Array>,
  options: { readonly tree: TreeDigest; readonly trueOwners: boolean },
): Promise<{ readonly treeBytes: number }> {
  const doing = `store root filesystem "${options.tree}"`
  const target = `${folder}/tree`
  await explainingDisk(doing, () => mkdir(target))
  const reader = createByteReader(tar)
  const skeleton = createSkeleton(`${folder}/skeleton.zst`)
  const process = await startPiped(extractCommand(target, options.trueOwners), { debianPackage: "tar" }).catch(
    async (error: unknown) => {
      await skeleton.abort()
      throw error
    },
  )
  const parted: Parted = { skeleton, process, uncounted: [], treeBytes: 0, trueOwners: options.trueOwners }
  try {
    await part(reader, parted)
    await explainingDisk(doing, () => skeleton.close())
  } catch (error) {
    await process.abort()
    await skeleton.abort()
    throw error
  } finally {
    await reader.close()
  }
  const { succeeded, stderr } = await process.finish()
  if (!succeeded) throw await toolError(stderr, doing, folder)
  await explainingDisk(doing, () =>
    writeFile(`${folder}/uncounted`, parted.uncounted.join(""), { flag: "wx", mode: 0o444 }),
  )
  const synced = await runProcess(["sync", "--file-system", folder], { timeoutMs: SYNC_MS })
  if (synced.exitCode !== 0) throw await toolError(synced.stderr, doing, folder)
  return { treeBytes: parted.treeBytes }
}

function extractCommand(target: string, trueOwners: boolean): readonly string[] {
  return [
    "tar",
    "--extract",
    "--file=-",
    `--directory=${target}`,
    "--preserve-permissions",
    "--numeric-owner",
    // A folder that nobody may write to gets its mode when it is full.
    "--delay-directory-restore",
    // Times before 1970 and in the future are fine.
    "--warning=no-timestamp",
    "--xattrs",
    ...(trueOwners
      ? ["--same-owner", "--xattrs-include=*"]
      : ["--no-same-owner", "--xattrs-include=user.*", "--xattrs-include=system.posix_acl_*"]),
  ]
}

interface Parted {
  readonly skeleton: SkeletonWriter
  readonly process: PipedProcess
  readonly uncounted: string[]
  treeBytes: number
  readonly trueOwners: boolean
}

async function part(reader: ByteReader, to: Parted): Promise<void> {
  for (;;) {
    const member = await readTarMember(reader)
    if (member === undefined) break
    await to.skeleton.write(member.headers)
    if (!isUnpacked(member, to.trueOwners)) continue
    const taken = await to.process.write(member.headers)
    if (!taken || !(await partBody(reader, member, to))) return
  }
  await to.process.write(Buffer.alloc(2 * BLOCK_BYTES))
}

/** Every runtime makes `/dev` itself; other devices need a right that only root has. Neither has a body. */
function isUnpacked(member: TarMember, trueOwners: boolean): boolean {
  const isDevice = member.type === "3" || member.type === "4"
  return !isDevice || (trueOwners && !member.path.startsWith("dev/"))
}

async function partBody(reader: ByteReader, member: TarMember, to: Parted): Promise<boolean> {
  // The body of a sparse file is not what the disk will read, so it stays in the skeleton. Such files are few, and mostly holes.
  const hasher =
    member.type === "0" && !member.sparse && !countsInTree({ path: member.path, type: "file" }) && createHasher()
  let restBytes = padded(member.bodyBytes)
  let fileBytes = member.bodyBytes
  while (restBytes > 0) {
    const piece = await reader.upTo(restBytes)
    if (piece.length === 0) throw new RangeError(`The tar ends within "${member.path}"`)
    if (hasher) hasher.update(piece.subarray(0, fileBytes))
    if (member.sparse) await to.skeleton.write(piece)
    if (!(await to.process.write(piece))) return false
    restBytes -= piece.length
    fileBytes = Math.max(0, fileBytes - piece.length)
  }
  to.treeBytes += member.bodyBytes
  if (hasher) to.uncounted.push(`${JSON.stringify([member.path, hexOf(hasher.digest()), member.bodyBytes])}\n`)
  return true
}
