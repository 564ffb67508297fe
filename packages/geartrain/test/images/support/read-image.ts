import assert from "node:assert/strict"
import { mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type GeartrainError, isGeartrainError } from "@geartrain/spec"
import {
  type ImageTree,
  type OpenImageOptions,
  openImage,
  openImageStream,
  type TreeScan,
} from "../../../src/images/index.ts"

export type TestOptions = Partial<OpenImageOptions>

/** Opens and scans an image, hands both over, and makes sure that nothing that was put aside stays behind. */
export async function withImage<Result>(
  reference: string | Uint8Array,
  use: (image: ImageTree, scan: TreeScan) => Promise<Result> | Result,
  options: TestOptions = {},
): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), "geartrain-spool-"))
  try {
    const all = { temporaryFolder: folder, ...options }
    const image =
      typeof reference === "string"
        ? await openImage(reference, all)
        : await openImageStream(pieces(reference), "-", all)
    try {
      return await use(image, await image.scan(options.signal === undefined ? {} : { signal: options.signal }))
    } finally {
      await image.close()
      await image.close()
    }
  } finally {
    assert.deepEqual(readdirSync(folder), [], "an image leaves nothing behind")
    rmSync(folder, { recursive: true, force: true })
  }
}

export function scanImage(reference: string | Uint8Array, options: TestOptions = {}): Promise<TreeScan> {
  return withImage(reference, (_, scan) => scan, options)
}

/** The whole listing as text. */
export async function listingOf(reference: string | Uint8Array, options: TestOptions = {}): Promise<string> {
  const scan = await scanImage(reference, options)
  return textOf(scan.listing())
}

export async function textOf(stream: AsyncIterable<Uint8Array>): Promise<string> {
  return (await bytesOf(stream)).toString("utf8")
}

export async function bytesOf(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  // A chunk is valid until the next is asked for.
  for await (const chunk of stream) chunks.push(Uint8Array.from(chunk))
  return Buffer.concat(chunks)
}

/** The paths of the listing. */
export async function pathsOf(reference: string | Uint8Array, options: TestOptions = {}): Promise<readonly string[]> {
  const scan = await scanImage(reference, options)
  return Array.from(scan.treeEntries(), ({ path }) => path)
}

/** The error with which reading an image ends. */
export async function refusal(reference: string | Uint8Array, options: TestOptions = {}): Promise<GeartrainError> {
  try {
    await scanImage(reference, options)
  } catch (error) {
    assert.ok(isGeartrainError(error), `not an error of Geartrain's: ${String((error as Error).stack)}`)
    assert.notEqual(error.hint, undefined, `no hint: ${error.message}`)
    return error
  }
  throw new assert.AssertionError({ message: "The image was accepted" })
}

/** Cuts bytes at places that have nothing to do with blocks. */
export async function* pieces(bytes: Uint8Array, size = 700): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size)
}
