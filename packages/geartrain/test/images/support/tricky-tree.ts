import {
  chmodSync,
  chownSync,
  copyFileSync,
  linkSync,
  lutimesSync,
  mkdirSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs"
import { dirname, join } from "node:path"
import { run } from "./foreign.ts"

const MANIFEST = { name: "tricky", label: "Tricky", description: "d", version: "1.0", author: "a", license: "MIT" }

/**
 * Makes a root filesystem that the oldest tar format can hold: hard links, links of all kinds, pipes, devices, setuid bits, owners and times.
 * Needs root.
 */
export function makePlainTree(root: string): void {
  const file = (path: string, body: string | Uint8Array = path, mode = 0o644): string => {
    const full = join(root, path)
    mkdirSync(dirname(full), { recursive: true })
    writeFileSync(full, body)
    chmodSync(full, mode)
    utimesSync(full, 1_600_000_000.25, 1_600_000_000.25)
    return full
  }
  file("flywheel/v0/manifest.json", JSON.stringify(MANIFEST))
  file("flywheel/v0/run", "#!/bin/sh\n", 0o755)
  mkdirSync(join(root, "usr/bin"), { recursive: true })
  copyFileSync("/bin/true", join(root, "usr/bin/sh"))
  utimesSync(join(root, "usr/bin/sh"), 5, 5)
  symlinkSync("usr/bin", join(root, "bin"))
  symlinkSync("/etc/alternatives/none", join(root, "usr/bin/absolute"))
  symlinkSync("../../../../outside", join(root, "usr/bin/upwards"))
  lutimesSync(join(root, "bin"), 7, 7)
  // `-` comes before `/`, so these three try the order of the listing.
  for (const path of ["order/a", "order-a", "order/a-b/c", "order/a/b"]) if (path !== "order/a") file(path)
  file("links/one", "shared body")
  linkSync(join(root, "links/one"), join(root, "links/two"))
  linkSync(join(root, "links/one"), join(root, "a-third"))
  symlinkSync("one", join(root, "links/soft"))
  linkSync(join(root, "links/soft"), join(root, "links/hard-to-soft"))
  file("bits/setuid", "s", 0o4755)
  file("bits/setgid", "s", 0o2711)
  file("bits/none", "s", 0)
  mkdirSync(join(root, "bits/sticky"))
  chmodSync(join(root, "bits/sticky"), 0o1777)
  file("owned/file")
  chownSync(join(root, "owned/file"), 12_345, 54_321)
  chmodSync(join(root, "owned/file"), 0o6644)
  chownSync(join(root, "owned"), 1000, 100)
  file("empty/file", "")
  mkdirSync(join(root, "empty/folder"))
  run(["mkfifo", join(root, "special-pipe")])
  run(["mknod", join(root, "special-null"), "c", "1", "3"])
  run(["mknod", join(root, "special-disk"), "b", "259", "70000"])
  file("names/with space\nand 'quotes\" and \\")
  file("data/large", Buffer.alloc(3_000_001, "some bytes that do not compress to nothing, "))
}

/** What needs PAX, or a reader that knows it: long and strange names, large owners, times of all centuries, holes, attributes, access lists. */
export function makeFullTree(root: string): void {
  makePlainTree(root)
  addWideFields(root)
  const file = (path: string): string => join(root, path)
  writeFileSync(file("acl-file"), "who may read this")
  run(["setfacl", "-m", "u:1234:rw,g:77:---", file("acl-file")])
  mkdirSync(file("acl-folder"))
  run(["setfacl", "-d", "-m", "u:4321:r-x", file("acl-folder")])
}

/** All of that but access lists, which tools written in Go leave out of layers. */
export function addWideFields(root: string): void {
  const file = (path: string, body = path): string => {
    const full = join(root, path)
    mkdirSync(dirname(full), { recursive: true })
    writeFileSync(full, body)
    utimesSync(full, 1_500_000_000, 1_500_000_000)
    return full
  }
  file(`long/${"n".repeat(255)}`)
  file(`${"d".repeat(150)}/${"e".repeat(150)}/f`)
  symlinkSync("t".repeat(300), join(root, "long/link"))
  linkSync(file(`long/${"h".repeat(200)}`), join(root, "long/hard"))
  file("names/ünï-中文-🙂")
  chownSync(file("owned/far"), 3_000_000_000, 4_000_000_000)
  // Node takes a negative time for the time of now.
  run(["touch", "--date=@-86400.5", file("times/before")])
  utimesSync(file("times/fraction"), 1_500_000_000.75, 1_500_000_000.75)
  utimesSync(file("times/after"), 7_258_118_400, 7_258_118_400)
  const sparse = file("sparse/middle")
  truncateSync(sparse, 3 * 2 ** 20)
  run(["dd", "if=/bin/true", `of=${sparse}`, "bs=64K", "seek=10", "conv=notrunc", "status=none"])
  truncateSync(sparse, 5 * 2 ** 20 + 17)
  truncateSync(file("sparse/only-hole", ""), 2 * 2 ** 20)
  for (const path of ["sparse/middle", "sparse/only-hole"]) utimesSync(join(root, path), 1_500_000_000, 1_500_000_000)
  run(["setfattr", "-n", "user.bytes", "-v", "0x00ff0a3d80", file("xattrs/binary")])
  run(["setfattr", "-n", "user.words", "-v", "some words", file("xattrs/words")])
  mkdirSync(join(root, "xattrs/folder"))
  run(["setfattr", "-n", "user.on.folder", "-v", "yes", join(root, "xattrs/folder")])
  copyFileSync("/bin/true", join(root, "xattrs/capable"))
  utimesSync(join(root, "xattrs/capable"), 9, 9)
  run(["setcap", "cap_net_bind_service+ep", join(root, "xattrs/capable")])
}

/** Adds what no gear's identity counts: every packing below has some of it or not. */
export function addRuntimeFiles(root: string): void {
  for (const folder of ["dev", "proc/1", "sys", "etc"]) mkdirSync(join(root, folder), { recursive: true })
  writeFileSync(join(root, ".dockerenv"), "")
  writeFileSync(join(root, "etc/hosts"), "127.0.0.1 me\n")
  writeFileSync(join(root, "etc/resolv.conf"), "nameserver 127.0.0.1\n")
  writeFileSync(join(root, "proc/1/status"), "x")
  symlinkSync("/proc/mounts", join(root, "etc/mtab"))
  run(["mknod", join(root, "dev/null"), "c", "1", "3"])
}
