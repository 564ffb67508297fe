import { createHash } from "node:crypto"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { TestContext } from "node:test"
import type { BlobDescriptor } from "@geartrain/ports"
import type { Digest } from "@geartrain/spec"
import { openBlobStore } from "../../src/stores/filesystem/blobs/blob-store.ts"
import { openStoreHome } from "../../src/stores/filesystem/home/store-home.ts"

/** A store of blobs alone, in a folder that goes with the test. */
export interface OpenedBlobs {
  readonly folder: string
  readonly home: string
  readonly store: ReturnType<typeof openBlobStore>
}

export async function openedBlobs(context: TestContext): Promise<OpenedBlobs> {
  const folder = await mkdtemp(join(tmpdir(), "geartrain-blobs-"))
  context.after(() => rm(folder, { recursive: true, force: true }))
  const home = await openStoreHome(join(folder, "home"))
  return { folder, home: home.layout.home, store: openBlobStore(home) }
}

export async function listed(store: OpenedBlobs["store"]): Promise<readonly BlobDescriptor[]> {
  const found: BlobDescriptor[] = []
  for await (const descriptor of store.list()) found.push(descriptor)
  return found
}

export async function* chunks(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text)
}

export function digestOf(text: string): Digest {
  return `sha256:${createHash("sha256").update(text).digest("hex")}`
}
