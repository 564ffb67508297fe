import { open, writeFile } from "node:fs/promises"
import { join } from "node:path"
import type { Digest, GearId } from "@geartrain/spec"
import type { MemberRole } from "../../../src/publishing/bundle/format/bundle-index.ts"
import { type BundleContents, once, packBundle } from "../../../src/publishing/bundle/write/pack-bundle.ts"
import { createKeyPair, readSigningKey } from "../../../src/publishing/signing/key-pair.ts"
import { sha256 } from "../../../src/system/hash.ts"

/** A key that signs samples. */
export const KEY = readSigningKey(createKeyPair().secretPem, "sample")

export const DIGEST: Digest = `sha256:${"1".repeat(64)}`
export const JOB = "0123456789abcdef01234567"

const OTHER = { gears: [], jobs: [], standIns: [], title: "Sample" } as const

export interface SampleMember {
  readonly path: string
  readonly body: Uint8Array
  readonly role?: MemberRole
}

/** What a bundle of these members is to hold. */
export function contentsOf(members: readonly SampleMember[]): BundleContents {
  return {
    ...OTHER,
    gears: [{ id: DIGEST as GearId, name: "g", version: "1", document: "a", root: "b" }],
    jobs: [{ id: JOB, record: "c" }],
    standIns: [
      { job: JOB, role: "input", name: "i", file: "i.txt", sizeBytes: 3, digest: DIGEST, why: "It is <b>secret</b>" },
    ],
    members: members.map(({ path, body, role }) => ({
      path,
      role: role ?? "output",
      open: () => once(body),
      expected: { sizeBytes: body.length, digest: sha256(body) },
      changed: (problem) => new TypeError(`"${path}": ${problem}`),
    })),
  }
}

/** Packs members, and answers with the path of the bundle. */
export async function packSample(
  folder: string,
  members: readonly SampleMember[],
  options: { readonly signed?: boolean } = {},
): Promise<string> {
  const path = join(folder, "sample.gtz")
  const file = await open(path, "w")
  try {
    const signer = { key: KEY, signed: "2020-01-01T00:00:00.000Z" }
    await packBundle(contentsOf(members), file, options.signed === false ? {} : { signer })
  } finally {
    await file.close()
  }
  return path
}

/** The same file with other bytes, beside it. */
export async function changed(path: string, bytes: Uint8Array): Promise<string> {
  await writeFile(`${path}.changed`, bytes)
  return `${path}.changed`
}
