import { GeartrainError } from "@geartrain/spec"
import type { ProviderBench } from "../laws/box/bench.ts"
import type { Box, Container, Provider, ProviderCapabilities } from "../provider.ts"
import { MemoryContainer } from "./box/memory-container.ts"
import type { HostFiles } from "./box/memory-files.ts"

const CAPABILITIES: ProviderCapabilities = {
  networks: ["none"],
  limits: ["memory", "processes", "file-size"],
  roots: ["tree"],
  rootless: true,
  userMapping: "full",
  measures: "sampled",
  constraints: ["one-cpu", "fixed-addresses"],
  around: false,
}

const PROGRAMS = ["cat", "echo", "env", "head", "hostname", "id", "ls", "rm", "sh", "sleep", "tail", "wc"]

/**
 * A provider that only pretends: no process is started and no file is written. It knows a handful of programs (`sh -c` with simple commands,
 * `echo`, `sleep`, `exit`, `cat`, …), enough to keep every law, and for tests of what uses a provider.
 */
export function memoryProvider(
  host: HostFiles = new Map(),
  capabilities: ProviderCapabilities = CAPABILITIES,
): Provider {
  const running = new Set<Container>()
  let isClosed = false
  return {
    name: "memory",
    version: "1",
    capabilities,
    warmUp: () => undefined,
    forget: async () => undefined,
    start: async (box, options) => {
      options?.signal?.throwIfAborted()
      if (isClosed) throw new GeartrainError("PROVIDER_FAILED", `Cannot start box "${box.id}": the provider is closed`)
      check(box, host, capabilities)
      const container = new MemoryContainer(box, host)
      running.add(container)
      void container.wait().then(() => running.delete(container))
      return container
    },
    close: async () => {
      isClosed = true
      await Promise.all([...running].map((container) => container.delete()))
    },
  }
}

/** What the laws of providers need, all of it pretended. */
export function memoryProviderBench(
  wrap: (provider: Provider, host: HostFiles) => Provider = (provider) => provider,
  capabilities: ProviderCapabilities = CAPABILITIES,
): ProviderBench {
  const host: HostFiles = new Map([
    ["/root/", ""],
    ...PROGRAMS.map((program): [string, string] => [`/root/bin/${program}`, "a program"]),
  ])
  let made = 0
  return {
    provider: wrap(memoryProvider(host, capabilities), host),
    root: { form: "tree", path: "/root" },
    makeFolder: async (files = {}) => {
      made += 1
      const path = `/folders/${made}`
      host.set(`${path}/`, "")
      for (const [name, text] of Object.entries(files)) host.set(`${path}/${name}`, text)
      return path
    },
  }
}

function check(box: Box, host: HostFiles, capabilities: ProviderCapabilities): void {
  const asked = {
    memory: box.memoryBytes,
    cpu: box.cpuCores,
    processes: box.processes,
    "file-size": box.fileBytes,
  }
  const refused =
    !capabilities.networks.includes(box.network) ||
    !capabilities.roots.includes(box.root.form) ||
    (["memory", "cpu", "processes", "file-size"] as const).some(
      (limit) => asked[limit] !== undefined && !capabilities.limits.includes(limit),
    ) ||
    box.constraints?.some((constraint) => !capabilities.constraints.includes(constraint)) === true ||
    (box.around !== undefined && !capabilities.around)
  if (refused) throw new GeartrainError("CAPABILITY_MISSING", `Cannot make box "${box.id}": that is not offered`)
  for (const { source } of box.mounts)
    if (!host.has(source) && !host.has(`${source}/`))
      throw new GeartrainError("PROVIDER_FAILED", `Cannot make box "${box.id}": "${source}" does not exist`)
}
