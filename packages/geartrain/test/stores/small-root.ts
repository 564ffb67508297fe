import { createHash } from "node:crypto"
import { type Digest, TREE_LISTING_HEADER, treeLine } from "@geartrain/spec"

/** A root filesystem of two files, made in memory: its tar is written here by hand, so that no tool is needed. */
export interface SmallRoot {
  readonly tree: Digest
  tar(): AsyncIterable<Uint8Array>
  listing(): AsyncIterable<Uint8Array>
}

/** Different texts make different roots. */
export function smallRoot(text: string): SmallRoot {
  const bodies = [
    { path: "greeting", body: Buffer.from(text, "latin1") },
    { path: "padding", body: Buffer.alloc(200_000, text, "latin1") },
  ]
  const uid = process.getuid?.() ?? 0
  const gid = process.getgid?.() ?? 0
  const listing = bodies.map(({ path, body }) =>
    treeLine({
      type: "file",
      path,
      mode: 0o644,
      uid,
      gid,
      mtime: 1_700_000_000,
      xattrs: new Map(),
      size: body.length,
      digest: `sha256:${createHash("sha256").update(body).digest("hex")}`,
    }),
  )
  const whole = Buffer.from(TREE_LISTING_HEADER + listing.join(""))
  return {
    tree: `sha256:${createHash("sha256").update(whole).digest("hex")}`,
    listing: async function* () {
      yield whole
    },
    tar: async function* () {
      for (const { path, body } of bodies) {
        yield header(path, body.length, { uid, gid })
        yield body
        yield Buffer.alloc((512 - (body.length % 512)) % 512)
      }
      yield Buffer.alloc(1024)
    },
  }
}

/** @see POSIX.1-2017, pax, "ustar Interchange Format" */
function header(path: string, sizeBytes: number, owner: { readonly uid: number; readonly gid: number }): Buffer {
  const block = Buffer.alloc(512)
  const octal = (value: number, at: number, digits: number): void => {
    block.write(value.toString(8).padStart(digits, "0"), at)
  }
  block.write(path, 0)
  octal(0o644, 100, 7)
  octal(owner.uid, 108, 7)
  octal(owner.gid, 116, 7)
  octal(sizeBytes, 124, 11)
  octal(1_700_000_000, 136, 11)
  block.fill(" ", 148, 156)
  block.write("0", 156)
  block.write("ustar\x0000", 257)
  octal(
    block.reduce((sum, byte) => sum + byte, 0),
    148,
    6,
  )
  block[154] = 0
  return block
}
