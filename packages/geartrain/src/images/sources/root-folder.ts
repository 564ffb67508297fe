import type { Readable } from "node:stream"
import type { GearOrigin } from "@geartrain/spec"
import { HINTS } from "../../packing/place/image-hints.ts"
import { type ImagePlace, imageError } from "../../packing/place/image-place.ts"
import { ProcessNotStarted, runProcess, startProcess } from "../../system/process.ts"
import type { ImageSource, Layer, OpenLayerOptions } from "./image-source.ts"

const MOST_STDERR_BYTES = 64 * 1024

/**
 * Opens a folder that is a root filesystem, by way of GNU tar: it finds hard links, holes, extended attributes and devices, and Node finds no
 * more than half of these.
 *
 * What counts in no gear (`dev/*`, `proc/*`, `sys/*`) is not even looked at, since a folder that somebody works in has the machine's own there.
 */
export async function openRootFolder(path: string, origin: GearOrigin, place: ImagePlace): Promise<ImageSource> {
  const warnings = new Set<string>()
  const layer: Layer = {
    rules: { place, kind: "flat" },
    isVouched: false,
    open: (options) => packFolder(path, { place, warnings }, options),
    check: async () => undefined,
  }
  return {
    origin,
    layers: async () => [layer],
    packedBytes: await diskUsage(path),
    warnings: () => [...warnings],
    close: async () => undefined,
  }
}

/** Folders of which the contents do not count. */
const RUNTIME_FOLDERS = ["dev", "proc", "sys"]

const MOST_DISK_USAGE_MS = 10 * 60_000

/**
 * Bytes that the folder takes on disk: so that a large hole in a folder with much data is told from a bomb before the data come by.
 *
 * @returns 0 when that cannot be found out; then the data count as they come.
 */
async function diskUsage(path: string): Promise<number> {
  const excluded = RUNTIME_FOLDERS.map((folder) => `--exclude=./${folder}`)
  try {
    const du = await runProcess(["du", "--summarize", "--block-size=1", ...excluded, "."], {
      cwd: path,
      timeoutMs: MOST_DISK_USAGE_MS,
    })
    const sizeBytes = Number.parseInt(du.stdout.toString("latin1"), 10)
    return Number.isSafeInteger(sizeBytes) ? sizeBytes : 0
  } catch (error) {
    // Without du the folder is read all the same.
    if (error instanceof ProcessNotStarted) return 0
    throw error
  }
}

function tarCommand(path: string): readonly string[] {
  const excluded = RUNTIME_FOLDERS.map((folder) => `--exclude=./${folder}/*`)
  return [
    "tar",
    "--create",
    "--format=pax",
    // In the same order in each pass, whatever the filesystem says.
    "--sort=name",
    "--numeric-owner",
    "--sparse",
    "--xattrs",
    "--xattrs-include=*",
    "--anchored",
    ...excluded,
    `--directory=${path}`,
    "--file=-",
    ".",
  ]
}

async function* packFolder(
  path: string,
  { place, warnings }: { readonly place: ImagePlace; readonly warnings: Set<string> },
  options: OpenLayerOptions,
): AsyncGenerator<Buffer, void> {
  const tar = await startTar(path, place)
  const stderr = keepText(tar.child.stderr)
  const stop = (): void => tar.killGroup("SIGKILL")
  options.signal?.addEventListener("abort", stop, { once: true })
  let isWhole = false
  try {
    for await (const chunk of tar.child.stdout as Readable) {
      options.signal?.throwIfAborted()
      const bytes = chunk as Buffer
      options.budget.packed(bytes.length)
      options.budget.unpacked(bytes.length)
      yield bytes
    }
    isWhole = true
  } finally {
    options.signal?.removeEventListener("abort", stop)
    if (!isWhole) stop()
    await tar.exited
  }
  options.signal?.throwIfAborted()
  const { exitCode, signal } = await tar.exited
  for (const line of stderr().split("\n")) {
    const socket = /^tar: (.*): socket ignored$/.exec(line)
    if (socket !== null) warnings.add(`${socket[1]} is a socket, and was left out`)
  }
  if (exitCode !== 0) throw tarFault(place, { exitCode, signal, stderr: stderr() })
}

async function startTar(path: string, place: ImagePlace): Promise<Awaited<ReturnType<typeof startProcess>>> {
  try {
    return await startProcess(tarCommand(path), { stdio: ["ignore", "pipe", "pipe"] })
  } catch (error) {
    if (!(error instanceof ProcessNotStarted)) throw error
    const hint = "Install the package tar (GNU tar)"
    throw imageError("IMAGE_UNREADABLE", place, {
      problem: "there is no program tar to read a folder with",
      hint,
      cause: error,
    })
  }
}

interface TarExit {
  readonly exitCode: number | undefined
  readonly signal: string | undefined
  readonly stderr: string
}

/** GNU tar ends with 1 when files changed while it read them, and with 2 when it could not read some. @see GNU tar manual, "Synopsis" */
function tarFault(place: ImagePlace, { exitCode, signal, stderr }: TarExit): Error {
  const said = stderr
    .split("\n")
    .filter((line) => line !== "" && !line.endsWith(": socket ignored"))
    .slice(0, 3)
    .join("; ")
  if (exitCode === 1) {
    return imageError("IMAGE_CHANGED", place, {
      problem: `files in it change while they are read: ${said}`,
      hint: HINTS.importAgain,
    })
  }
  const problem = `tar could not read all of it (${exitCode === undefined ? signal : `exit ${exitCode}`}): ${said}`
  return imageError("IMAGE_UNREADABLE", place, {
    problem,
    hint: "Import it as a user who may read every file, such as root",
  })
}

/** The first of what a stream says; the rest is read and dropped. */
function keepText(stream: Readable | null): () => string {
  let text = ""
  stream?.setEncoding("utf8").on("data", (piece: string) => {
    if (text.length < MOST_STDERR_BYTES) text += piece
  })
  return () => text
}
