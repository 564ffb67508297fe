import { join } from "node:path"
import { type GearOrigin, GeartrainError, isGeartrainError } from "@geartrain/spec"
import { decompress } from "../packing/compression/decompress.ts"
import { HINTS } from "../packing/place/image-hints.ts"
import { imageError, quoted } from "../packing/place/image-place.ts"
import type { HttpPatience } from "../publishing/registry/http-fetch.ts"
import { isRegistryReference } from "../publishing/registry/registry-reference.ts"
import { access, constants, mkdtemp, open, rm, type Stats, stat } from "../system/files.ts"
import { hostPlatform } from "../system/host.ts"
import { openNamedPipe } from "../system/linux/open-named-pipe.ts"
import { systemCode } from "../system/system-code.ts"
import { createImageTree, type ImageTree } from "./image-tree.ts"
import { DEFAULT_LIMITS, type ImageLimits } from "./limits/image-limits.ts"
import { UnpackBudget } from "./limits/unpack-budget.ts"
import { inspectArchive } from "./sources/archive-index.ts"
import { openDockerArchive } from "./sources/docker-archive.ts"
import { openFlatTar } from "./sources/flat-tar.ts"
import type { ImageSource } from "./sources/image-source.ts"
import type { LayeredImageOptions } from "./sources/layered-image.ts"
import { openOciArchive, openOciLayout, openSkopeoFolder } from "./sources/oci-layout.ts"
import { openRegistryImage } from "./sources/registry-image.ts"
import { openRootFolder } from "./sources/root-folder.ts"
import { spool } from "./sources/spool.ts"
import { readStored, type StoredBytes } from "./sources/stored-layer.ts"
import { openTarStream, type TarStream } from "./sources/tar-stream.ts"

export interface OpenImageOptions {
  /** An existing folder for what has to be put aside: standard input, layers of a registry, docker archives that are compressed as a whole. */
  readonly temporaryFolder: string
  /** Which image of an archive with several: its name or tag there. */
  readonly name?: string
  /** `os/architecture[/variant]`, for images of several platforms. Default: this machine's, or the only one that there is. */
  readonly platform?: string
  readonly limits?: Partial<ImageLimits>
  /** Files in which `docker login` keeps credentials, the first that knows the registry counts. */
  readonly authFiles?: readonly string[]
  readonly patience?: Partial<HttpPatience>
  /** How long a named pipe may be without a writer. Default 15 s. */
  readonly pipePatienceMs?: number
  /** For opening; `scan` and `tar` take their own. */
  readonly signal?: AbortSignal
}

/**
 * Opens an image: a path, or a reference to a registry. What a path leads to is told by its content, never by its name.
 *
 * @param reference  A path that exists; or `HOST/REPOSITORY[:TAG][@DIGEST]`, with `docker://` before it where a path of that name exists too.
 * @throws {GeartrainError} IMAGE_NOT_FOUND, IMAGE_UNREADABLE, IMAGE_FORMAT_UNKNOWN and what else is wrong with the image's description
 */
export async function openImage(reference: string, options: OpenImageOptions): Promise<ImageTree> {
  const found = reference.startsWith("docker://") ? undefined : await statPath(reference)
  const scope = createScope(reference, options)
  return closingOnError(scope, async () => {
    if (found === undefined) return openRemote(reference, scope, options)
    if (found.isDirectory()) return openFolder(reference, scope)
    if (found.isFile()) return openArchive({ path: reference, start: 0, sizeBytes: found.size }, scope)
    // Such as `<(docker save …)` of a shell.
    if (found.isFIFO()) return openPipe(reference, scope, options)
    throw imageError("IMAGE_FORMAT_UNKNOWN", scope.place, {
      problem: "it is no file and no folder",
      hint: HINTS.knownFormats,
    })
  })
}

/**
 * Opens an image that comes as a stream, such as standard input. It is put aside into the temporary folder first, since it is read twice, and
 * removed by `close`.
 *
 * @param reference  What the stream is called in messages and records: `-`.
 * @throws {GeartrainError} as `openImage`
 */
export function openImageStream(
  stream: AsyncIterable<Uint8Array>,
  reference: string,
  options: OpenImageOptions,
): Promise<ImageTree> {
  const scope = createScope(reference, options)
  return closingOnError(scope, () => openSpooled(stream, scope))
}

/**
 * Takes a flat tar that can be read as often as wanted for an image.
 *
 * @param limits  Default: those of a stored root filesystem, which kept its limits when it was stored.
 */
export function openImageTar(stream: TarStream, origin: GearOrigin, limits: ImageLimits = STORED_LIMITS): ImageTree {
  return createImageTree(openTarStream(stream, origin, { reference: origin.reference }), { limits })
}

const STORED_LIMITS: ImageLimits = {
  ...DEFAULT_LIMITS,
  maxEntries: Number.MAX_SAFE_INTEGER,
  maxUnpackedBytes: Number.MAX_SAFE_INTEGER,
}

/** What belongs to one image that is open. */
interface Scope extends LayeredImageOptions {
  readonly reference: string
  readonly temporaryFolder: string
  readonly abort: { readonly signal?: AbortSignal }
  /** Its folder for what is put aside; made when it is first asked for. */
  folder(): Promise<string>
  removeFolder(): Promise<void>
}

function createScope(reference: string, options: OpenImageOptions): Scope {
  const { name, platform, temporaryFolder, signal } = options
  let folder: Promise<string> | undefined
  return {
    reference,
    temporaryFolder,
    place: { reference },
    limits: { ...DEFAULT_LIMITS, ...options.limits },
    choice: {
      hostPlatform: hostPlatform(),
      ...(name === undefined ? {} : { name }),
      ...(platform === undefined ? {} : { platform }),
    },
    abort: signal === undefined ? {} : { signal },
    folder: () => {
      folder ??= mkdtemp(join(temporaryFolder, "image-"))
      return folder
    },
    removeFolder: async () => {
      if (folder !== undefined) await rm(await folder, { recursive: true, force: true })
    },
  }
}

async function closingOnError(scope: Scope, openSource: () => Promise<ImageSource>): Promise<ImageTree> {
  try {
    const { limits, temporaryFolder } = scope
    return createImageTree(await openSource(), { limits, temporaryFolder, close: () => scope.removeFolder() })
  } catch (error) {
    await scope.removeFolder()
    throw error
  }
}

async function statPath(path: string): Promise<Stats | undefined> {
  try {
    const found = await stat(path)
    await access(path, constants.R_OK)
    return found
  } catch (error) {
    const code = systemCode(error)
    // No path: then it may be meant for a registry.
    if (code === "ENOENT" || code === "ENOTDIR" || code === "ENAMETOOLONG") return undefined
    throw imageError(
      "IMAGE_UNREADABLE",
      { reference: path },
      {
        problem: `it may not be read (${code})`,
        hint: "Run as a user who may read it",
        cause: error,
      },
    )
  }
}

async function openRemote(reference: string, scope: Scope, options: OpenImageOptions): Promise<ImageSource> {
  if (!isRegistryReference(reference)) {
    throw new GeartrainError(
      "IMAGE_NOT_FOUND",
      `Cannot find image ${quoted(reference)}: there is no such file or folder`,
      {
        hint: "Give a path that exists, or name a registry as HOST/REPOSITORY:TAG",
      },
    )
  }
  try {
    return await openFromRegistry(reference, scope, options)
  } catch (error) {
    if (!isGeartrainError(error, "REGISTRY_UNAVAILABLE") || reference.startsWith("docker://")) throw error
    // A path with a dot in its first name looks like a registry, and whoever mistyped it should not search the network for the mistake.
    const hint = `Check the path, if a file was meant: there is none of this name. ${error.hint ?? ""}`.trim()
    throw new GeartrainError(error.code, error.message, { hint, details: error.details, cause: error })
  }
}

async function openFromRegistry(reference: string, scope: Scope, options: OpenImageOptions): Promise<ImageSource> {
  const { authFiles, patience } = options
  return openRegistryImage(
    reference,
    { kind: "registry", reference },
    {
      ...scope,
      ...scope.abort,
      folder: await scope.folder(),
      ...(authFiles === undefined ? {} : { authFiles }),
      ...(patience === undefined ? {} : { patience }),
    },
  )
}

async function openFolder(path: string, scope: Scope): Promise<ImageSource> {
  const has = async (name: string): Promise<boolean> => (await statPath(join(path, name)))?.isFile() === true
  const origin: GearOrigin = { kind: "oci-layout", reference: scope.reference }
  if ((await has("oci-layout")) && (await has("index.json"))) return openOciLayout(path, origin, scope)
  if ((await has("version")) && (await has("manifest.json")) && (await isSkopeoFolder(path))) {
    return openSkopeoFolder(path, origin, scope)
  }
  return openRootFolder(path, { kind: "folder", reference: scope.reference }, scope.place)
}

async function isSkopeoFolder(path: string): Promise<boolean> {
  const file = await open(join(path, "version"), "r")
  try {
    const { buffer } = await file.read({ buffer: Buffer.alloc(64) })
    return buffer.toString("latin1").startsWith("Directory Transport Version: ")
  } finally {
    await file.close()
  }
}

/** A program that is to write into the pipe may have to be started first, by hand. */
const PIPE_PATIENCE_MS = 15_000

async function openPipe(path: string, scope: Scope, { pipePatienceMs }: OpenImageOptions): Promise<ImageSource> {
  const file = await openNamedPipe(path, pipePatienceMs ?? PIPE_PATIENCE_MS)
  if (file !== undefined) return openSpooled(file.createReadStream(), scope)
  throw imageError("IMAGE_UNREADABLE", scope.place, {
    problem: "it is a named pipe, into which nobody writes",
    hint: "Start the program that writes into it first, or give a file",
  })
}

async function openSpooled(stream: AsyncIterable<Uint8Array>, scope: Scope): Promise<ImageSource> {
  const path = join(await scope.folder(), "stream")
  const budget = budgetOf(scope)
  const count = (sizeBytes: number): void => {
    budget.packed(sizeBytes)
    budget.unpacked(sizeBytes)
  }
  return openArchive(await spool(stream, path, { count, ...scope.abort }), scope)
}

async function openArchive(bytes: StoredBytes, scope: Scope): Promise<ImageSource> {
  const { place, abort } = scope
  const archive = await inspectArchive(bytes, { place, budget: budgetOf(scope, bytes), ...abort })
  if (archive.kind === "flat") return openFlatTar(bytes, { kind: "tar", reference: scope.reference }, place)
  if (archive.isCompressed) {
    const path = join(await scope.folder(), "unpacked")
    const unpacked = decompress(readStored(bytes, abort.signal), place)
    const budget = budgetOf(scope, bytes)
    return openArchive(await spool(unpacked, path, { count: (size) => budget.unpacked(size), ...abort }), scope)
  }
  const origin: GearOrigin = { kind: archive.kind, reference: scope.reference }
  if (archive.kind === "docker-archive") return openDockerArchive(archive.members, origin, scope)
  return openOciArchive(archive.members, origin, scope)
}

function budgetOf(scope: Scope, bytes?: StoredBytes): UnpackBudget {
  return new UnpackBudget(scope.limits, scope.place, bytes?.sizeBytes)
}
