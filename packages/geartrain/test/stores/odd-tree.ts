import { execFileSync } from "node:child_process"
import { createHash } from "node:crypto"
import { chownSync, mkdirSync, writeFileSync } from "node:fs"
import { lchown, link, mkdir, open, symlink, writeFile } from "node:fs/promises"

const BLOCK = 128 * 1024
const TAIL = 32 * 1024

/** Bytes that do not pack, the same each time. */
export function noise(sizeBytes: number): Buffer {
  const parts: Buffer[] = []
  for (let part = 0; part * 32 < sizeBytes; part++) parts.push(createHash("sha256").update(`${part}`).digest())
  return Buffer.concat(parts).subarray(0, sizeBytes)
}

/** Makes a tree with what a squashfs has two ways to hold, or may hold wrongly. Needs root. */
export async function makeOddTree(folder: string): Promise<void> {
  for (const path of ["empty/inside/nothing", "links", "sizes", "holes", "dev", "names", "owners", "xattrs"])
    await mkdir(`${folder}/${path}`, { recursive: true })
  await writeSizes(folder)
  await writeHoles(folder)
  await writeLinks(folder)
  await writeNames(folder)
  execFileSync("mkfifo", [`${folder}/dev/pipe`])
  for (const [name, ...device] of [
    ["null", "c", "1", "3"],
    ["large", "b", "4095", "1048575"],
    ["none", "c", "0", "0"],
  ] as const)
    execFileSync("mknod", [`${folder}/dev/${name}`, ...device])
  writeOwners(folder)
  await writeXattrs(folder)
  execFileSync("find", [folder, "-depth", "-exec", "touch", "-h", "--date=2024-05-06 07:08:09 UTC", "{}", "+"])
  execFileSync("touch", ["--date=@0", `${folder}/sizes/text-0`])
  execFileSync("touch", ["--date=@4294967295", `${folder}/sizes/text-1`, `${folder}/empty/inside`])
}

/** How many names the largest folder has: a hundred metadata blocks of them. */
export const MANY_NAMES = 30_000

/** Makes a folder with so many names in it, and attributes of its own. tar2sqfs takes ten seconds for it. */
export async function makeManyNames(folder: string): Promise<void> {
  await mkdir(`${folder}/many`, { recursive: true })
  const touch = `cd "$1" && seq --format 'name %06.0f of many' ${MANY_NAMES} | xargs -d '\\n' touch --date=@1700000000`
  execFileSync("sh", ["-c", touch, "sh", `${folder}/many`])
  execFileSync("setfattr", ["-n", "user.note", "-v", "many names", `${folder}/many`])
  execFileSync("touch", ["--date=@1700000000", `${folder}/many`, folder])
}

/** More owners than one metadata block of their table holds. */
function writeOwners(folder: string): void {
  for (let uid = 0; uid < 2500; uid++) {
    // Few enough for tar2sqfs to make the same form of folder of them.
    const within = `${folder}/owners/${Math.floor(uid / 500)}`
    if (uid % 500 === 0) mkdirSync(within)
    writeFileSync(`${within}/${uid}`, "")
    chownSync(`${within}/${uid}`, uid, 4_294_967_294 - uid)
  }
}

async function writeSizes(folder: string): Promise<void> {
  const edges = [0, TAIL, BLOCK, BLOCK + TAIL, 2 * BLOCK, 5 * BLOCK].flatMap((edge) => [edge - 1, edge, edge + 1])
  for (const size of [...edges.filter((size) => size >= 0), 12 * BLOCK + 77_777]) {
    await writeFile(`${folder}/sizes/text-${size}`, Buffer.alloc(size, `a text of ${size} bytes\n`))
    await writeFile(`${folder}/sizes/noise-${size}`, noise(size))
  }
}

async function writeHoles(folder: string): Promise<void> {
  const holes: Readonly<Record<string, { readonly sizeBytes: number; readonly at: readonly number[] }>> = {
    all: { sizeBytes: 9 * BLOCK, at: [] },
    "all, and a bit": { sizeBytes: 9 * BLOCK + 5, at: [] },
    "all, and half a block": { sizeBytes: 9 * BLOCK + BLOCK / 2, at: [] },
    "in front": { sizeBytes: 7 * BLOCK, at: [6 * BLOCK + 1000] },
    "in the middle": { sizeBytes: 20 * BLOCK + 3, at: [0, 9 * BLOCK - 2, 20 * BLOCK - 1] },
    "at the end": { sizeBytes: 40 * BLOCK + 5, at: [0] },
    large: { sizeBytes: 64 * 1024 * 1024, at: [33 * 1024 * 1024] },
  }
  for (const [name, { sizeBytes, at }] of Object.entries(holes)) {
    const file = await open(`${folder}/holes/${name}`, "wx")
    await file.truncate(sizeBytes)
    for (const position of at) await file.write("bytes", position)
    await file.close()
  }
  // Zeros that are no hole where they come from.
  await writeFile(`${folder}/holes/zeros`, Buffer.alloc(3 * BLOCK + 7))
}

async function writeLinks(folder: string): Promise<void> {
  await writeFile(`${folder}/links/m-file`, "a file with four names")
  for (const name of ["a-first", "z-last", "../a-elsewhere"])
    await link(`${folder}/links/m-file`, `${folder}/links/${name}`)
  await symlink("../nowhere/at all", `${folder}/links/m-symlink`)
  for (const name of ["a-symlink", "z-symlink"]) await link(`${folder}/links/m-symlink`, `${folder}/links/${name}`)
  await symlink("x".repeat(4000), `${folder}/links/long`)
  await symlink("/ünï\n", `${folder}/links/odd`)
  await lchown(`${folder}/links/odd`, 7, 8)
}

async function writeNames(folder: string): Promise<void> {
  const names = [
    "new\nline",
    "ünïcödé",
    "日本",
    "\u{1f600}",
    " ",
    "tab\t",
    "back\\slash",
    '"',
    "-rf",
    "...",
    "a",
    "a-b",
    "a.b",
  ]
  for (const name of [...names, "n".repeat(255), "é".repeat(127)]) await writeFile(`${folder}/names/${name}`, name)
  await mkdir(`${folder}/names/a0/b`, { recursive: true })
  await writeFile(`${folder}/names/a0/b/c`, "c")
  const deep = `${folder}/names/${`${"d".repeat(40)}/`.repeat(60)}`
  await mkdir(deep, { recursive: true })
  await writeFile(`${deep}/deep`, "deep")
}

/** More sets than one metadata block of the table has records, of all three kinds. */
async function writeXattrs(folder: string): Promise<void> {
  const lines: string[] = []
  for (let number = 0; number < 700; number++) {
    writeFileSync(`${folder}/xattrs/${number}`, "")
    lines.push(`# file: xattrs/${number}\nuser.number="${number % 650}"\nuser.same="same"\n`)
  }
  lines.push(
    '# file: dev/pipe\ntrusted.pipe="p"\n',
    '# file: dev/null\ntrusted.device="d"\n',
    '# file: names\nuser.folder="f"\n',
  )
  lines.push(`# file: links/m-file\nuser.long="${"v".repeat(3000)}"\n`)
  lines.push("# file: sizes/noise-131072\nsecurity.capability=0x0100000200200000000000000000000000000000\n")
  lines.push("# file: sizes/text-0\nuser.empty\nuser.bytes=0x00ff0a\n")
  execFileSync("setfattr", ["--restore=-"], { cwd: folder, input: lines.join("\n") })
}

/** @param order  In which entries are packed: with a folder before what is in it, or after it. */
export function packOddTree(folder: string, tarFile: string, order: "forward" | "backward"): void {
  const sort = order === "forward" ? "sort -z" : "sort -z -r"
  const pack =
    "tar --create --format=pax --pax-option=delete=atime,delete=ctime --sparse --xattrs --xattrs-include='*' --numeric-owner"
  const script = `cd "$1" && find . -print0 | LC_ALL=C ${sort} | ${pack} --no-recursion --null --files-from=- --file="$2"`
  execFileSync("sh", ["-c", script, "sh", folder, tarFile])
}
