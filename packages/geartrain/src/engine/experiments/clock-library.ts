import type { Box, RootFilesystem } from "@geartrain/ports"
import { isGeartrainError } from "@geartrain/spec"
import { existsSync, mkdir, rm } from "../../system/files.ts"
import { hostFacts } from "../../system/host.ts"
import { randomHex } from "../../system/random.ts"
import type { EnginePorts } from "../engine-ports.ts"
import { libraryPath } from "./experiment.ts"
import { FIXED_TIME, FIXED_TIME_SECONDS } from "./fixed-values.ts"

/** A library that can be used, or why there is none. */
export type ClockLibrary = { readonly path: string } | { readonly why: string }

/** The one for programs with threads; it works for others, too. */
const FILE = "libfaketimeMT.so.1"

/** Where distributions put it. @see Debian's package libfaketime; Fedora's; `make install` of its sources */
function places(): readonly string[] {
  return [
    `/usr/lib/${hostFacts().architecture}-linux-gnu/faketime`,
    "/usr/lib64/faketime",
    "/usr/lib/faketime",
    "/usr/local/lib/faketime",
    "/usr/local/lib64/faketime",
  ]
}

/** libfaketime as this machine has it. */
export function findClockLibrary(): ClockLibrary {
  const path = places()
    .map((folder) => `${folder}/${FILE}`)
    .find((candidate) => existsSync(candidate))
  return path === undefined ? { why: "libfaketime is not installed here (sudo apt-get install libfaketime)" } : { path }
}

/**
 * Finds libfaketime, and tries whether the programs of a root filesystem load it: those that are linked statically do not, and those of
 * another C library, or of an older one, cannot.
 */
export async function tryClockLibrary(
  root: RootFilesystem,
  ports: Pick<EnginePorts, "provider" | "workFolder">,
  found: ClockLibrary = findClockLibrary(),
): Promise<ClockLibrary> {
  if ("why" in found) return found
  const id = randomHex(12)
  const folder = `${ports.workFolder}/${id}`
  await mkdir(folder, { recursive: true, mode: 0o700 })
  try {
    const { stdout, stderr, code } = await runIn(boxFor(root, { id, folder, library: found.path }), ports)
    if (stdout.trim() === String(FIXED_TIME_SECONDS)) return found
    if (/^\d+$/.test(stdout.trim()))
      return { why: "the gear's programs do not load libfaketime: they are linked statically" }
    const words = stderr.trim().split("\n")[0] ?? ""
    return { why: `the gear's programs cannot load libfaketime: ${words === "" ? `exit code ${code}` : words}` }
  } catch (error) {
    if (!isGeartrainError(error)) throw error
    return { why: error.message }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/**
 * Asks a program of the gear's own for the time. Where there is no `date`, that the shell has loaded the library has to be enough: bash takes
 * the time past it.
 */
const ASK = `if command -v date >/dev/null; then date +%s; exit; fi
while read -r line; do case $line in *libfaketime*) echo ${FIXED_TIME_SECONDS}; exit;; esac; done </proc/self/maps
echo 0`

function boxFor(
  root: RootFilesystem,
  { id, folder, library }: { readonly id: string; readonly folder: string; readonly library: string },
): Box {
  const target = libraryPath(library)
  return {
    id: `gear-${id}`,
    folder,
    root,
    mounts: [{ source: library, target, access: "read-only" }],
    command: ["bash", "-c", ASK],
    environment: {
      PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      TZ: "UTC0",
      LD_PRELOAD: target,
      FAKETIME: FIXED_TIME,
    },
    workingFolder: "/",
    uid: 0,
    gid: 0,
    network: "none",
    streams: "captured",
  }
}

/** More than a program says that cannot be started. */
const MOST_CHARACTERS = 4096

async function runIn(
  box: Box,
  ports: Pick<EnginePorts, "provider">,
): Promise<{ readonly stdout: string; readonly stderr: string; readonly code: number }> {
  const provider = await ports.provider()
  const container = await provider.start(box)
  try {
    const [stdout, stderr, exit] = await Promise.all([
      beginningOf(container.stdout),
      beginningOf(container.stderr),
      container.wait(),
    ])
    return { stdout, stderr, code: exit.code }
  } finally {
    await container.delete()
  }
}

async function beginningOf(stream: AsyncIterable<Uint8Array>): Promise<string> {
  let text = ""
  for await (const piece of stream) if (text.length < MOST_CHARACTERS) text += Buffer.from(piece).toString("utf8")
  return text.slice(0, MOST_CHARACTERS)
}
