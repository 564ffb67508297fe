import type { Digest } from "@geartrain/spec"
import { nowMs } from "../../../system/clock.ts"
import { type BigIntStats, type FileHandle, open, rename, statfs, unlink, writeFile } from "../../../system/files.ts"
import { hashOpenFile } from "../../../system/hash-file.ts"
import { ifThere } from "../home/disk-error.ts"
import type { StoreHome } from "../home/store-home.ts"
import { encodeDigestLines, MOST_DIGEST_LINES_BYTES, parseDigestLines } from "./digest-lines.ts"

/** What a file holds, and whether that was read just now or is known from before. */
export interface FileDigest {
  readonly digest: Digest
  readonly sizeBytes: number
  readonly isRecalled: boolean
}

/** Digests of large input files that were read before and have not changed since. */
export interface InputDigests {
  /** The digest of an open file: read, or recalled. The caller looks whether the file changes meanwhile. */
  digestOf(file: FileHandle, signal?: AbortSignal): Promise<FileDigest>
}

/** Below that, reading takes a few milliseconds. */
const LEAST_BYTES = 8 * 1024 * 1024

/**
 * A file that changed so shortly before it was read is not remembered: it may change again within the same tick of the clock that stamps it,
 * and pages that a program has mapped and written to get their stamp when they are written back, after 35 s as Linux is set up.
 *
 * @see git, Documentation/technical/racy-git.txt, for the same trap; proc_sys_vm(5), dirty_expire_centisecs
 */
const SETTLED_MS = 60_000

/**
 * File systems on which nobody but root can change a file, and none through a mapping, without another change time. Missing with reason: network
 * file systems, where another machine's clock makes the stamp; FUSE, where any program does; tmpfs and overlays, which do not stamp each
 * write through a mapping.
 *
 * @see statfs(2), f_type
 */
const TRUSTED_FILE_SYSTEMS: ReadonlySet<number> = new Set([
  0xef53 /* ext2-4 */, 0x58465342 /* xfs */, 0x9123683e /* btrfs */,
])

/**
 * Opens what a store's folder remembers. It is read when a large file comes by, and written after each one that was new.
 *
 * A digest is recalled for a file with the same device, inode, size, modification and change time, these in nanoseconds. The change time is the
 * kernel's own: whoever writes to a file and puts its modification time back leaves it changed all the same.
 *
 * @param clock  Milliseconds since 1970.
 */
export function openInputDigests(home: StoreHome, clock: () => number = nowMs): InputDigests {
  return {
    digestOf: async (file, signal) => {
      const stats = await file.stat({ bigint: true })
      const isCandidate = stats.size >= LEAST_BYTES && (await isTrusted(file))
      const recalled = isCandidate ? (await load(home)).get(keyOf(stats)) : undefined
      if (recalled !== undefined) return { digest: recalled, sizeBytes: Number(stats.size), isRecalled: true }
      if (!isCandidate || !isSettled(stats, clock()))
        return { ...(await hashOpenFile(file, signal)), isRecalled: false }
      // Pages that are mapped and dirty are written back, so that whoever writes to them from here on has the file stamped anew.
      await file.datasync()
      const before = await file.stat({ bigint: true })
      const hashed = await hashOpenFile(file, signal)
      const after = await file.stat({ bigint: true })
      const isSame = keyOf(before) === keyOf(stats) && keyOf(after) === keyOf(stats)
      if (isSame && BigInt(hashed.sizeBytes) === stats.size) await remember(home, keyOf(stats), hashed.digest)
      return { ...hashed, isRecalled: false }
    },
  }
}

/** All that the file system says of a file's content, in nanoseconds. */
function keyOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join(":")
}

function isSettled({ mtimeNs, ctimeNs }: BigIntStats, now: number): boolean {
  const settledNs = BigInt(now - SETTLED_MS) * 1_000_000n
  return mtimeNs < settledNs && ctimeNs < settledNs
}

async function isTrusted(file: FileHandle): Promise<boolean> {
  // By its descriptor, since another file may lie at its path by now.
  return TRUSTED_FILE_SYSTEMS.has((await statfs(`/proc/self/fd/${file.fd}`)).type)
}

/** Anew each time, since other processes write it too. */
async function load(home: StoreHome): Promise<Map<string, Digest>> {
  try {
    const file = await open(home.layout.inputDigests, "r")
    try {
      const { size } = await file.stat()
      if (size > MOST_DIGEST_LINES_BYTES) return new Map()
      return parseDigestLines(await file.readFile("utf8")) ?? new Map()
    } finally {
      await file.close()
    }
  } catch {
    // What is missing, damaged or not to be read helps nobody: then files are read.
    return new Map()
  }
}

async function remember(home: StoreHome, key: string, digest: Digest): Promise<void> {
  const digests = await load(home)
  digests.set(key, digest)
  try {
    const temporary = await home.temporary()
    try {
      // Not synced: what a crash leaves of it is told by its own digest.
      await writeFile(temporary, encodeDigestLines(digests), { flag: "wx", mode: 0o600 })
      await rename(temporary, home.layout.inputDigests)
    } finally {
      await ifThere(unlink(temporary))
    }
  } catch {
    // A full disk, or one that takes no writes: the file is read again next time, and what matters will say so itself.
  }
}
