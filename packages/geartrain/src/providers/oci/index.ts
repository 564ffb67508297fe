import type { Provider } from "@geartrain/ports"
import { hostFacts } from "../../system/host.ts"
import { readKernelFile } from "../../system/linux/kernel-files.ts"
import { lookAtOnce } from "../../system/small-file.ts"
import type { Backend } from "../box/backend.ts"
import type { ProviderSettings } from "../box/machine/provider-settings.ts"
import { type BackendKind, openBoxProvider } from "../box/open-box-provider.ts"
import { seccompFilter } from "../box/seccomp/filter.ts"
import { ociSeccomp } from "../box/seccomp/oci-seccomp.ts"
import { architectureOf } from "../box/seccomp/syscalls.ts"
import { bundleOf } from "./bundle.ts"
import { CONFIG_FILE, LOG_FILE, PID_FILE, runCommand } from "./commands.ts"
import { ociEnding, ociVersion, pidOf } from "./replies.ts"
import { OCI_RUNTIMES, type OciRuntime } from "./runtimes.ts"

/** Opens the provider that isolates with crun. @throws {GeartrainError} PROVIDER_UNAVAILABLE with the reason and how to mend it. */
export function openCrunProvider(settings: ProviderSettings = {}): Promise<Provider> {
  return openBoxProvider(kindOf(OCI_RUNTIMES.crun), settings)
}

/** Opens the provider that isolates with runc. @throws {GeartrainError} PROVIDER_UNAVAILABLE with the reason and how to mend it. */
export function openRuncProvider(settings: ProviderSettings = {}): Promise<Provider> {
  return openBoxProvider(kindOf(OCI_RUNTIMES.runc), settings)
}

function kindOf(runtime: OciRuntime): BackendKind {
  return {
    name: runtime.name,
    program: runtime.name,
    debianPackage: runtime.debianPackage,
    versionArguments: ["--version"],
    readVersion: ociVersion,
    make: async (program, version) => ociBackend(runtime, program, version),
  }
}

function isFolder(path: string): boolean {
  return lookAtOnce(path)?.isDirectory() === true
}

function ociBackend(runtime: OciRuntime, program: string, version: string): Backend {
  const architecture = architectureOf(hostFacts().architecture)
  const filter = seccompFilter(architecture).toString("base64")
  const seccomp = ociSeccomp(architecture)
  return {
    name: runtime.name,
    version,
    program,
    ownProcesses: runtime.ownProcesses,
    cgroups: runtime.cgroups,
    ...(runtime.waitsForConfig
      ? { early: { file: CONFIG_FILE, command: (at) => runCommand(runtime, program, at) } }
      : {}),
    userMapping: ({ isMachineRoot }) => (isMachineRoot ? "full" : "single"),
    prepare: (prepared) => {
      const bundle = bundleOf(prepared, { runtime, seccomp, filter, isFolder })
      return {
        command: { words: runCommand(runtime, program, { ...prepared, id: prepared.box.id }) },
        files: { [CONFIG_FILE]: JSON.stringify(bundle) },
      }
    },
    firstProcess: (folder) => pidOf(readKernelFile(`${folder}/${PID_FILE}`)),
    isStarting: (status) => runtime.startingName !== undefined && status.startsWith(`Name:\t${runtime.startingName}\n`),
    ending: async (folder, code) => ociEnding(code, readKernelFile(`${folder}/${LOG_FILE}`) ?? ""),
  }
}
