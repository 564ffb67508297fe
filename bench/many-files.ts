import { createWriteStream } from "node:fs"
import { join } from "node:path"
import { Readable } from "node:stream"
import { pipeline } from "node:stream/promises"
import { PLAIN_FOLDER } from "../packages/geartrain/src/packing/tar/plain-folder.ts"
import { bodyPadding, END_OF_ARCHIVE, encodeHeader } from "../packages/geartrain/src/packing/tar/tar-writer.ts"

const FILES_A_FOLDER = 100
const CHUNK_BYTES = 1024 * 1024

/** Writes the tar of a gear with so many small files; answers with its path. */
export async function makeManyFiles(where: string, count: number): Promise<string> {
  const tar = join(where, `files-${count}.tar`)
  await pipeline(Readable.from(chunks(entries(count))), createWriteStream(tar))
  return tar
}

function* entries(count: number): Generator<Buffer> {
  for (const path of [".", "flywheel", "flywheel/v0", "data"]) yield encodeHeader({ ...PLAIN_FOLDER, path })
  const text = {
    label: "many",
    description: "Measures",
    author: "Geartrain",
    license: "Apache-2.0",
    url: "",
    source: "",
  }
  const manifest = { name: "many", version: "0", ...text, config: {}, inputs: {} }
  yield* file("flywheel/v0/manifest.json", JSON.stringify(manifest))
  yield* file("flywheel/v0/run", "#!/bin/sh\ntrue\n")
  for (let number = 0; number < count; number += 1) {
    const folder = `data/folder-${Math.floor(number / FILES_A_FOLDER)}`
    if (number % FILES_A_FOLDER === 0) yield encodeHeader({ ...PLAIN_FOLDER, path: folder })
    yield* file(`${folder}/some-name-${number}.txt`, `content of file ${number}\n`)
  }
  yield END_OF_ARCHIVE
}

function* file(path: string, content: string): Generator<Buffer> {
  const body = Buffer.from(content)
  const entry = { ...PLAIN_FOLDER, type: "file" as const, path, mode: 0o755, size: body.length }
  yield encodeHeader(entry)
  yield body
  yield bodyPadding(entry)
}

function* chunks(pieces: Iterable<Buffer>): Generator<Buffer> {
  let held: Buffer[] = []
  let heldBytes = 0
  for (const piece of pieces) {
    held.push(piece)
    heldBytes += piece.length
    if (heldBytes < CHUNK_BYTES) continue
    yield Buffer.concat(held)
    held = []
    heldBytes = 0
  }
  yield Buffer.concat(held)
}
