import { NO_XATTRS } from "../../../packing/tar/tar-entry.ts"
import { blockPadding } from "../../../packing/tar/tar-header.ts"
import { END_OF_ARCHIVE, encodeFileBlock, encodeHeader } from "../../../packing/tar/tar-writer.ts"
import { storedFrame } from "./stored-frame.ts"

/** Of a body, for each piece. Four times as much packs 2 % tighter and takes longer, since it is in no processor's cache any more. */
export const PIECE_BYTES = 1024 * 1024

/** The frame before the body of a member: what it holds follows from path and size, so a reader compares and need not understand it. */
export function headerFrame(path: string, sizeBytes: number): Buffer {
  return storedFrame(header(path, sizeBytes))
}

/** A header in one block is as long before its size is known as after. */
export function hasBlockHeader(path: string): boolean {
  return /^[\u0020-\u007e]{1,100}$/.test(path)
}

/** The frame after the last member. */
export const END_FRAME = storedFrame(END_OF_ARCHIVE)

/** Bytes of a body with the zeros that fill its last block. */
export function paddedBytes(sizeBytes: number): number {
  return sizeBytes + blockPadding(sizeBytes)
}

function header(path: string, sizeBytes: number): Buffer {
  if (hasBlockHeader(path)) return encodeFileBlock(path, sizeBytes)
  return encodeHeader({
    type: "file",
    path,
    mode: 0o644,
    uid: 0,
    gid: 0,
    mtime: 0,
    size: sizeBytes,
    target: "",
    major: 0,
    minor: 0,
    xattrs: NO_XATTRS,
  })
}
