import { TREE_LISTING_HEADER } from "@geartrain/spec"
import { open } from "../../../system/files.ts"
import { filePieces } from "../home/file-pieces.ts"
import { type ListedEntry, lineBatches, parseListingLine } from "./listing-lines.ts"

/** Reads the file `listing` of a stored root. */
export async function* listedEntries(path: string): AsyncGenerator<ListedEntry> {
  for await (const line of lines(path)) if (`${line}\n` !== TREE_LISTING_HEADER) yield parseListingLine(line)
}

/** Reads the file `uncounted` of an unpacked root. */
export async function* uncountedEntries(path: string): AsyncGenerator<UncountedEntry> {
  for await (const line of lines(path)) {
    const [inside, hex, sizeBytes] = JSON.parse(line) as readonly [string, string, number]
    yield { path: inside, hex, sizeBytes }
  }
}

interface UncountedEntry {
  readonly path: string
  readonly hex: string
  readonly sizeBytes: number
}

async function* lines(path: string): AsyncGenerator<string> {
  const file = await open(path, "r")
  try {
    for await (const batch of lineBatches(filePieces(file))) yield* batch
  } finally {
    await file.close()
  }
}
