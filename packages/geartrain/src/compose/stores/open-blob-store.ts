import { resolve } from "node:path"
import type { BlobStore } from "@geartrain/ports"
import type { S3BlobStore } from "@geartrain/s3"
import { GeartrainError } from "@geartrain/spec"
import type { FilesystemBlobStore } from "../../stores/filesystem/blobs/blob-store.ts"
import { systemCode } from "../../system/system-code.ts"

/** An open store of blobs alone: a folder of this machine, or a bucket. */
export interface OpenedBlobStore {
  readonly blobs: PlacedBlobs
  /** As people write it, so that it can be told again. */
  readonly place: string
  /**
   * Finds out whether the store can be used, so that a server can say so before it takes anything.
   *
   * @throws {GeartrainError} STORE_READ_ONLY, STORE_FULL of a folder; STORE_REFUSED, STORE_UNAVAILABLE of a bucket.
   */
  ask(): Promise<void>
  /**
   * Removes what writers that were killed have left and that was begun before a time, in milliseconds since 1970. Absent where it goes with
   * a collection of garbage, as in a folder.
   */
  sweep?(begunBeforeMs: number): Promise<void>
  close(): Promise<void>
}

/** Blobs, with what only those in files of this machine can do, and what only those in a bucket have to. */
export type PlacedBlobs = BlobStore &
  Partial<Pick<FilesystemBlobStore, "locate" | "adopt">> &
  Partial<Pick<S3BlobStore, "getStretch">>

type Plugin = typeof import("@geartrain/s3")

const S3_PACKAGE = "@geartrain/s3"
const PORTS_VERSION = 1

/**
 * Opens the blobs at a place. Nothing is read or sent yet.
 *
 * @param place  A path; or `s3://BUCKET/PREFIX?endpoint=URL&region=REGION`, for which the package `@geartrain/s3` has to be installed.
 * @param load  Loads that package.
 * @throws {GeartrainError} SETTINGS_INVALID for a place that is neither; STORE_TOOL_MISSING when the package is not there.
 */
export async function openBlobStore(
  place: string,
  load: () => Promise<Pick<Plugin, "openS3Store" | "parseS3Address"> & { readonly portsVersion: number }> = () =>
    import("@geartrain/s3"),
): Promise<OpenedBlobStore> {
  const kind = /^([a-z][a-z0-9+.-]*):\/\//i.exec(place)?.[1]?.toLowerCase()
  if (kind === undefined) return openFolder(resolve(place))
  if (kind !== "s3") throw unknownKind(place, kind)
  const { openS3Store, parseS3Address } = await loaded(load)
  const settings = parseS3Address(place)
  const store = openS3Store(settings)
  return {
    blobs: store,
    place,
    ask: () => store.ask(),
    sweep: async (begunBeforeMs) => void (await store.sweep({ begunBeforeMs })),
    close: () => store.close(),
  }
}

async function openFolder(path: string): Promise<OpenedBlobStore> {
  const [files, { openStoreHome }] = await Promise.all([
    import("../../stores/filesystem/blobs/blob-store.ts"),
    import("../../stores/filesystem/home/store-home.ts"),
  ])
  const home = await openStoreHome(path)
  return { blobs: files.openBlobStore(home), place: path, ask: () => home.prepare(), close: () => home.close() }
}

async function loaded<Loaded extends { readonly portsVersion: number }>(load: () => Promise<Loaded>): Promise<Loaded> {
  const plugin = await load().catch((cause: unknown) => {
    if (systemCode(cause) !== "ERR_MODULE_NOT_FOUND") throw cause
    throw new GeartrainError(
      "STORE_TOOL_MISSING",
      `Cannot open a store in a bucket: the package "${S3_PACKAGE}" is not installed`,
      { details: { package: S3_PACKAGE }, hint: `Install it beside geartrain: npm install ${S3_PACKAGE}`, cause },
    )
  })
  const found = plugin.portsVersion
  if (found === PORTS_VERSION) return plugin
  throw new GeartrainError(
    "STORE_TOOL_MISSING",
    `Cannot open a store in a bucket: the package "${S3_PACKAGE}" fills version ${found} of the ports, and this program has version ${PORTS_VERSION}`,
    {
      details: { package: S3_PACKAGE, found, wanted: PORTS_VERSION },
      hint: `Install both in one version: npm install geartrain@latest ${S3_PACKAGE}@latest`,
    },
  )
}

function unknownKind(place: string, kind: string): GeartrainError {
  return new GeartrainError(
    "SETTINGS_INVALID",
    `Cannot use "${place}" as a store: there is no kind of store "${kind}"; there are folders, and buckets as s3://BUCKET`,
    { details: { place }, hint: "Write a folder without anything before its path" },
  )
}
