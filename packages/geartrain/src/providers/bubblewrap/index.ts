import type { Provider } from "@geartrain/ports"
import { hostFacts } from "../../system/host.ts"
import { readKernelFile } from "../../system/linux/kernel-files.ts"
import { lookAt } from "../../system/linux/small-folders.ts"
import { ProcessNotStarted, runProcess } from "../../system/process.ts"
import type { Backend } from "../box/backend.ts"
import type { ProviderSettings } from "../box/machine/provider-settings.ts"
import { openBoxProvider } from "../box/open-box-provider.ts"
import { MASKED_PATHS, READ_ONLY_PATHS } from "../box/root/gear-capabilities.ts"
import { seccompFilter } from "../box/seccomp/filter.ts"
import { architectureOf } from "../box/seccomp/syscalls.ts"
import { bwrapCommand, bwrapOptions, FILTER_FILE, OPTIONS_FILE, optionsFile, STATUS_FILE } from "./commands.ts"
import { bwrapEnding, bwrapVersion, childPid } from "./replies.ts"

/** Opens the provider that isolates with bubblewrap. @throws {GeartrainError} PROVIDER_UNAVAILABLE with the reason and how to mend it. */
export function openBubblewrapProvider(settings: ProviderSettings = {}): Promise<Provider> {
  return openBoxProvider(
    {
      name: "bubblewrap",
      program: "bwrap",
      debianPackage: "bubblewrap",
      versionArguments: ["--version"],
      readVersion: bwrapVersion,
      make: bwrapBackend,
    },
    settings,
  )
}

async function bwrapBackend(program: string, version: string): Promise<Backend> {
  const filter = seccompFilter(architectureOf(hostFacts().architecture))
  const masks = masksOf()
  const env = await signalReset()
  return {
    name: "bubblewrap",
    version,
    program,
    ownProcesses: 1,
    cgroups: "as-they-are",
    // It cannot become another user than the caller but by name, so it runs in a user namespace even for root.
    userMapping: () => "single",
    prepare: (prepared) => {
      return {
        command: bwrapCommand(program, prepared, env),
        files: { [OPTIONS_FILE]: optionsFile(bwrapOptions(prepared, masks)), [FILTER_FILE]: filter },
      }
    },
    firstProcess: (folder) => childPid(readKernelFile(`${folder}/${STATUS_FILE}`)),
    // What it starts as handles no signals.
    isStarting: () => false,
    ending: (folder, code, words) => bwrapEnding(code, readKernelFile(`${folder}/${STATUS_FILE}`), words),
  }
}

function masksOf(): ReadonlyMap<string, "file" | "folder"> {
  return new Map(
    [...MASKED_PATHS, ...READ_ONLY_PATHS].flatMap((path) => {
      const there = lookAt(path)
      return there === undefined ? [] : [[path, there.isDirectory() ? "folder" : "file"] as const]
    }),
  )
}

/**
 * A shell starts its background processes with these signals ignored, and bubblewrap hands that on. By its path, since some shells have an `env`
 * of their own. @see env(1) of coreutils 8.31
 */
const RESET = ["/usr/bin/env", "--default-signal=INT,QUIT"]

async function signalReset(): Promise<readonly string[]> {
  try {
    const tried = await runProcess([...RESET, "true"], { timeoutMs: 5000 })
    return tried.exitCode === 0 ? RESET : []
  } catch (error) {
    if (error instanceof ProcessNotStarted) return []
    throw error
  }
}
