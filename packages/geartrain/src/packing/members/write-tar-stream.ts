import { PLAIN_FOLDER } from "../tar/plain-folder.ts"
import { bodyPadding, END_OF_ARCHIVE, encodeHeader, type WritableEntry } from "../tar/tar-writer.ts"
import { exactBytes } from "./exact-bytes.ts"
import { gatherChunks } from "./gather-chunks.ts"
import { isMemberPath } from "./member-path.ts"
import type { PackMember, PackMembers, PackOptions } from "./pack-member.ts"

/**
 * Packs files as tar: ustar, with PAX records for names, times and sizes that it cannot hold. The same members make the same bytes.
 *
 * A member is asked for when its turn comes, and its bytes when the reader asks: what is held is one piece, however many members there are.
 *
 * @throws {RangeError} for a name that is not safe, and for a member that has other than its `sizeBytes`: nothing that is whole has come by then.
 */
export function writeTarStream(members: PackMembers, options: PackOptions = {}): AsyncGenerator<Uint8Array, void> {
  return gatherChunks(tarPieces(members, options))
}

async function* tarPieces(members: PackMembers, { signal }: PackOptions): AsyncGenerator<Uint8Array, void> {
  for await (const member of members) {
    signal?.throwIfAborted()
    if (!isMemberPath(member.name)) throw new RangeError(`${JSON.stringify(member.name)} cannot be a member's name`)
    const entry = entryOf(member)
    yield encodeHeader(entry)
    yield* exactBytes(member, signal)
    yield bodyPadding(entry)
  }
  yield END_OF_ARCHIVE
}

function entryOf({ name, sizeBytes, modifiedMs }: PackMember): WritableEntry {
  const time = modifiedMs === undefined ? {} : { mtime: Math.floor(modifiedMs / 1000) }
  return { ...PLAIN_FOLDER, type: "file", path: name, mode: 0o644, size: sizeBytes, ...time }
}
