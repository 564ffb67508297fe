import type { Provider } from "@geartrain/ports"
import { GeartrainError, isGeartrainError } from "@geartrain/spec"
import { delay } from "../../system/clock.ts"
import { findProgram } from "../../system/linux/find-program.ts"
import { ProcessNotStarted, runProcess } from "../../system/process.ts"
import type { Backend } from "./backend.ts"
import { BoxProvider } from "./box-provider.ts"
import { type Machine, readMachine } from "./machine/machine.ts"
import { mendFor } from "./machine/mend.ts"
import type { ProviderSettings } from "./machine/provider-settings.ts"
import { capabilitiesOf, tryBackend } from "./try-backend.ts"
import { Workshop } from "./workshop.ts"

/** What it takes to open a provider of one kind. */
export interface BackendKind {
  readonly name: string
  /** The program, and the package of Debian's that has it. */
  readonly program: string
  readonly debianPackage: string
  readonly versionArguments: readonly string[]
  /** Undefined when that is not what the program answers. */
  readVersion(printed: string): string | undefined
  make(program: string, version: string): Promise<Backend>
}

/**
 * The slowest takes half a second on a quiet machine, and took more than 10 s on two cores with ten times as much to do. Some hang on machines
 * that they do not like.
 */
const TRY_TIME_LIMIT_MS = 30_000

/** All from util-linux and coreutils; the ordinary machine has them. */
const TOOLS = ["sh", "unshare", "nsenter", "mount", "umount", "mkfifo", "mkdir", "rmdir", "sleep"]

/**
 * Opens a provider. Without knowledge from an earlier time, it is tried out first, which takes some tenths of a second.
 *
 * @throws {GeartrainError} PROVIDER_UNAVAILABLE with what was refused, in the tool's own words, and how to mend it; SYSTEM_REFUSED when there is no
 * place for its folder.
 */
export async function openBoxProvider(kind: BackendKind, settings: ProviderSettings): Promise<Provider> {
  const program = findProgram(settings.program ?? kind.program)
  if (program === undefined)
    throw unavailable(kind, `"${settings.program ?? kind.program}" is not installed`, {
      hint: `sudo apt-get install ${kind.debianPackage}`,
    })
  // What worked on this machine as it is had them.
  const missing = settings.known === undefined ? TOOLS.filter((tool) => findProgram(tool) === undefined) : []
  if (missing.length > 0)
    throw unavailable(kind, `${missing.join(", ")} are not installed`, {
      hint: "sudo apt-get install util-linux coreutils",
    })
  const machine = readMachine()
  const version = settings.known?.version ?? (await versionOf(kind, program))
  const backend = await kind.make(program, version)
  if (settings.known !== undefined)
    return new BoxProvider({
      backend,
      machine,
      capabilities: capabilitiesOf(backend, machine, settings.known.capabilities),
    })
  return openTried(kind, backend, machine)
}

async function openTried(kind: BackendKind, backend: Backend, machine: Machine): Promise<Provider> {
  let workshop: Workshop | undefined
  try {
    workshop = await Workshop.open(backend, machine)
    const capabilities = await inTime(tryBackend(backend, machine, workshop))
    return new BoxProvider({ backend, machine, capabilities, workshop })
  } catch (error) {
    await workshop?.close()
    // What is refused to the machine's own programs is no fault of this provider, and another time it may be granted.
    if (!isGeartrainError(error) || error.code === "SYSTEM_REFUSED") throw error
    throw unavailable(kind, error.message, { hint: mendFor(error.message), cause: error })
  }
}

/** @throws {GeartrainError} PROVIDER_FAILED when it takes too long. Closing the workshop then ends what hangs. */
async function inTime<Result>(work: Promise<Result>): Promise<Result> {
  const over = new AbortController()
  const late = delay(TRY_TIME_LIMIT_MS, over.signal).then(() => {
    throw new GeartrainError(
      "PROVIDER_FAILED",
      `Cannot run a box: nothing came of it within ${TRY_TIME_LIMIT_MS / 1000} s`,
    )
  })
  // Whichever is second rejects later, when nobody cares.
  work.catch(() => undefined)
  late.catch(() => undefined)
  try {
    return await Promise.race([work, late])
  } finally {
    over.abort()
  }
}

async function versionOf(kind: BackendKind, program: string): Promise<string> {
  try {
    const result = await runProcess([program, ...kind.versionArguments], { timeoutMs: 10_000 })
    const version = kind.readVersion(result.stdout.toString("utf8"))
    if (version !== undefined) return version
    throw unavailable(kind, `"${program}" does not tell its version: ${result.stderr.trim()}`, {
      hint: mendFor(result.stderr),
    })
  } catch (error) {
    if (!(error instanceof ProcessNotStarted)) throw error
    throw unavailable(kind, error.message, {
      hint: `sudo apt-get install --reinstall ${kind.debianPackage}`,
      cause: error,
    })
  }
}

function unavailable(
  kind: BackendKind,
  why: string,
  options: { readonly hint: string; readonly cause?: unknown },
): GeartrainError {
  const details = { provider: kind.name }
  return new GeartrainError("PROVIDER_UNAVAILABLE", `Cannot use provider "${kind.name}": ${why}`, {
    details,
    ...options,
  })
}
