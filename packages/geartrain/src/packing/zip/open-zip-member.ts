import type { Readable } from "node:stream"
import { fromRandomAccessReaderPromise } from "yauzl"
import { listZip } from "./list-zip.ts"
import { type ByteSource, WindowReader } from "./window-reader.ts"

/** A member that is unpacked while it is read, or why there is none. */
export type OpenedMember =
  | { readonly ok: true; readonly sizeBytes: number; readonly bytes: Readable }
  /** `why` goes on after a name: "a.zip is no zip archive". */
  | { readonly ok: false; readonly missing: boolean; readonly why: string }

/**
 * Opens one member of a zip archive. Archives that `listZip` gives no list of are refused, as are members that it doubts; a member that unpacks to
 * more than its directory says fails while it is read.
 *
 * @param name  As the listing has it.
 */
export async function openZipMember(source: ByteSource, name: string): Promise<OpenedMember> {
  const listing = await listZip(source)
  if (!listing.ok) return { ok: false, missing: false, why: listing.why }
  const index = listing.members.findIndex((member) => member.name === name && member.kind === "file")
  const member = listing.members[index]
  if (member === undefined) return { ok: false, missing: true, why: "has no such member" }
  if (member.doubt !== undefined) return { ok: false, missing: false, why: `has it, but ${member.doubt}` }
  if (member.isEncrypted) return { ok: false, missing: false, why: "has it encrypted" }
  const zip = await fromRandomAccessReaderPromise(new WindowReader(source), source.sizeBytes, {
    lazyEntries: true,
    decodeStrings: false,
    validateEntrySizes: true,
    autoClose: false,
  })
  let at = 0
  for await (const entry of zip.eachEntry()) {
    // Both go through the directory in its order.
    if (at++ !== index) continue
    return { ok: true, sizeBytes: member.sizeBytes, bytes: await zip.openReadStreamPromise(entry) }
  }
  return { ok: false, missing: true, why: "has no such member" }
}
