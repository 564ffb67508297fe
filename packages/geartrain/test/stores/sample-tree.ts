import { execFileSync } from "node:child_process"
import { createHash } from "node:crypto"
import { createReadStream } from "node:fs"
import {
  chmod,
  chown,
  link,
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  readlink,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises"
import { comparePaths, type Digest, TREE_LISTING_HEADER, type TreeEntry, treeLine } from "@geartrain/spec"

/** A root filesystem as a tar file, with its listing, made by GNU tar and by looking: not by the code that is tested. */
export interface SampleTree {
  readonly tree: Digest
  readonly listing: string
  readonly tarFile: string
  readonly folder: string
  tar(): AsyncIterable<Uint8Array>
  listingBytes(): AsyncIterable<Uint8Array>
}

/**
 * Makes a tree with about everything that a root filesystem may hold. Needs root.
 *
 * @param options.beyondSquashfs  With what squashfs cannot hold: an access list and a time before 1970.
 */
export async function makeSampleTree(
  base: string,
  options: { readonly beyondSquashfs?: boolean } = {},
): Promise<SampleTree> {
  const folder = `${base}/sample`
  await mkdir(folder)
  for (const path of ["usr/bin", "var/log", "etc", "dev", "a/b", "read-only", "closed", "empty"]) {
    await mkdir(`${folder}/${path}`, { recursive: true })
  }
  await writeFile(`${folder}/a/b/file`, "hi\n")
  await link(`${folder}/a/b/file`, `${folder}/a/hard`)
  await link(`${folder}/a/b/file`, `${folder}/z-hard`)
  await symlink("usr/bin", `${folder}/bin`)
  await symlink("/absolute/target", `${folder}/absolute`)
  await symlink("../../../../etc/shadow", `${folder}/outwards`)
  await writeFile(`${folder}/a-b`, "sorts between a and a/b\n")
  await writeFile(`${folder}/usr/bin/setuid`, "#!/bin/sh\n")
  await writeFile(`${folder}/etc/hosts`, "127.0.0.1 localhost\n")
  await writeFile(`${folder}/etc/shadow`, "root:*:1::::::\n")
  await writeFile(`${folder}/read-only/file`, "")
  await writeFile(`${folder}/closed/file`, "seen by nobody but its owner\n")
  await writeFile(`${folder}/new\nline`, "x")
  await writeFile(`${folder}/ünïcödé`, "x")
  await writeFile(`${folder}/${"n".repeat(200)}`, "x")
  await mkdir(`${folder}/${`${"d".repeat(90)}/`.repeat(4)}`, { recursive: true })
  await writeFile(`${folder}/${`${"d".repeat(90)}/`.repeat(4)}deep`, "deep")
  await writeFile(`${folder}/large`, Buffer.alloc(3_000_001, "geartrain"))
  const sparse = await open(`${folder}/var/log/lastlog`, "wx")
  await sparse.truncate(20 * 1024 * 1024)
  await sparse.write("end", 10 * 1024 * 1024)
  await sparse.close()
  execFileSync("mkfifo", [`${folder}/pipe`])
  execFileSync("mknod", [`${folder}/dev/null`, "c", "1", "3"])
  execFileSync("mknod", [`${folder}/a/device`, "b", "8", "1"])
  execFileSync("setfattr", ["-n", "user.note", "-v", "0xff00fe", `${folder}/a-b`])
  await chown(`${folder}/a-b`, 12345, 54321)
  await chown(`${folder}/etc/shadow`, 0, 42)
  await chmod(`${folder}/etc/shadow`, 0o640)
  await chmod(`${folder}/usr/bin/setuid`, 0o4755)
  await chmod(`${folder}/closed/file`, 0)
  await chmod(`${folder}/read-only`, 0o555)
  execFileSync("setfattr", [
    "-n",
    "security.capability",
    "-v",
    "0x0100000200200000000000000000000000000000",
    `${folder}/large`,
  ])
  if (options.beyondSquashfs === true) {
    execFileSync("setfattr", [
      "-n",
      "system.posix_acl_access",
      "-v",
      // Version 2; owner rw, user 33 r, group r, mask r, others r.
      "0x0200000001000600ffffffff020004002100000004000400ffffffff10000400ffffffff20000400ffffffff",
      `${folder}/a-b`,
    ])
  }
  await wholeSeconds(folder)
  if (options.beyondSquashfs === true) await utimes(`${folder}/large`, -1000, -1000)
  return packed(folder, `${base}/sample.tar`)
}

/** Packs a folder and lists it. */
export async function packed(folder: string, tarFile: string): Promise<SampleTree> {
  execFileSync("tar", [
    "--create",
    "--format=pax",
    "--pax-option=delete=atime,delete=ctime",
    "--sparse",
    "--xattrs",
    "--xattrs-include=*",
    "--numeric-owner",
    "--sort=name",
    `--file=${tarFile}`,
    `--directory=${folder}`,
    ".",
  ])
  const listing = await listTree(folder)
  return {
    tree: `sha256:${createHash("sha256").update(listing).digest("hex")}`,
    listing,
    tarFile,
    folder,
    tar: () => createReadStream(tarFile),
    listingBytes: async function* () {
      yield Buffer.from(listing)
    },
  }
}

/** The canonical listing of a folder, as its own files tell it. */
export async function listTree(folder: string): Promise<string> {
  const entries: TreeEntry[] = []
  await walk(folder, "", entries)
  return (
    TREE_LISTING_HEADER +
    entries
      .sort((a, b) => comparePaths(a.path, b.path))
      .map(treeLine)
      .join("")
  )
}

async function walk(folder: string, path: string, entries: TreeEntry[]): Promise<void> {
  for (const name of await readdir(`${folder}/${path}`)) {
    const inside = path === "" ? name : `${path}/${name}`
    const entry = await entryOf(folder, inside)
    entries.push(entry)
    if (entry.type === "folder") await walk(folder, inside, entries)
  }
}

async function entryOf(folder: string, path: string): Promise<TreeEntry> {
  const place = `${folder}/${path}`
  const stats = await lstat(place)
  const common = {
    path,
    mode: stats.mode & 0o7777,
    uid: stats.uid,
    gid: stats.gid,
    mtime: stats.mtimeMs / 1000,
    xattrs: stats.isSymbolicLink() ? new Map<string, Uint8Array>() : xattrsOf(place),
  }
  if (stats.isSymbolicLink()) return { ...common, type: "link", target: await readlink(place) }
  if (stats.isDirectory()) return { ...common, type: "folder" }
  if (stats.isFIFO()) return { ...common, type: "fifo" }
  if (stats.isCharacterDevice() || stats.isBlockDevice()) {
    const type = stats.isBlockDevice() ? "block-device" : "character-device"
    return { ...common, type, major: stats.rdev >> 8, minor: stats.rdev & 0xff }
  }
  const digest = createHash("sha256")
    .update(await readFile(place))
    .digest("hex")
  return { ...common, type: "file", size: stats.size, digest: `sha256:${digest}` }
}

function xattrsOf(place: string): ReadonlyMap<string, Uint8Array> {
  const text = execFileSync("getfattr", ["--dump", "--match=-", "--encoding=hex", "--absolute-names", place], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  })
  const found = new Map<string, Uint8Array>()
  for (const [, name = "", hex = ""] of text.matchAll(/^([\w.]+)=0x([0-9a-f]*)$/gm))
    found.set(name, Buffer.from(hex, "hex"))
  return found
}

/** Canonical archives have no fractions of a second. Parents come last, since a change inside changes their time. */
async function wholeSeconds(folder: string): Promise<void> {
  execFileSync("find", [
    folder,
    "-depth",
    "-exec",
    "touch",
    "--no-dereference",
    "--date=2024-05-06 07:08:09 UTC",
    "{}",
    "+",
  ])
}
