import type { Provider } from "@geartrain/ports"
import { type GearCommand, GeartrainError, type Limits, type Network } from "@geartrain/spec"
import { readDuration, readSize, type WrittenResources } from "@geartrain/spec/additions"
import type { JobRequest } from "../job-request.ts"

type Offer = Pick<Provider, "name" | "capabilities">

/** The network is for the manifest to ask for and for the user to grant; neither alone is enough, and a gear is not run with less than it asks for. */
export function grantNetwork(request: JobRequest, command: GearCommand, provider: Offer): Network {
  const network = wantedNetwork(request, command)
  if (network === "none" || provider.capabilities.networks.includes("outbound")) return network
  throw missing(
    `Cannot run gear "${request.gear.manifest.name}" with --network outbound: provider "${provider.name}" cannot offer it on this machine`,
    "See what it needs: gear doctor",
  )
}

/**
 * The network that a gear and its user agree on, wherever it runs.
 *
 * @throws {GeartrainError} CAPABILITY_MISSING
 */
export function wantedNetwork(request: Pick<JobRequest, "gear" | "network">, command: GearCommand): Network {
  const { name } = request.gear.manifest
  const unknown = command.unknownCapabilities[0]
  if (unknown !== undefined) {
    throw missing(
      `Cannot run gear "${name}": it asks for capability "${unknown}", which nothing here offers`,
      "Run it where that is offered",
    )
  }
  if (request.network === "none") return "none"
  if (request.network === undefined && command.network === "outbound") {
    throw missing(
      `Cannot run gear "${name}": it asks for the network, which is not granted`,
      "Grant it with --network outbound, or run it sealed with --network none",
    )
  }
  if (request.network === undefined) return "none"
  if (command.network === "none") {
    throw missing(
      `Cannot run gear "${name}" with --network outbound: its manifest does not ask for the network`,
      'Add "capabilities": ["networking"] to its manifest, or leave --network away',
    )
  }
  return "outbound"
}

/**
 * Processes and threads that a gear may have where nobody says otherwise: more than science needs, and few enough that a gear that forks without
 * end leaves the machine to others.
 */
export const USUAL_PROCESSES = 4096

/** The limits of a job, and what its user should know of them. */
export interface GrantedLimits {
  readonly limits: Limits
  /** Sentences without full stop. */
  readonly warnings: readonly string[]
}

/**
 * Makes the limits of a job: the usual number of processes, what the gear says that it needs, and over both what the user sets. Of the gear's own, those that the provider cannot hold
 * are told and left out; of the user's none is.
 *
 * @param memoryBytes  What the machine has.
 * @throws {GeartrainError} CAPABILITY_MISSING
 */
export function grantLimits(
  request: JobRequest,
  resources: WrittenResources,
  machine: { readonly provider: Offer; readonly memoryBytes: number },
): GrantedLimits {
  const { name } = request.gear.manifest
  const { provider } = machine
  const asked = request.limits ?? {}
  refuseLimits(asked, provider)
  if ((resources.gpu ?? 0) > 0) {
    throw missing(
      `Cannot run gear "${name}": it asks for ${resources.gpu} graphics processors, which no provider offers here`,
      "Run it where there are some",
    )
  }
  const own = limitsOf(resources)
  const held = Object.fromEntries(Object.entries(own).filter(([limit]) => isHeld(limit, provider)))
  const lost = Object.keys(own).filter((limit) => !isHeld(limit, provider) && !Object.hasOwn(asked, limit))
  const wanted = own.memoryBytes
  const warnings = [
    ...lost.map(
      (limit) => `provider "${provider.name}" cannot hold the gear to the ${LIMIT_WORDS[limit]} that it says it needs`,
    ),
    ...(wanted !== undefined && wanted > machine.memoryBytes
      ? [`the gear says that it needs ${resources.memory} of memory, more than this machine has`]
      : []),
  ]
  const usual = provider.capabilities.limits.includes("processes") ? { processes: USUAL_PROCESSES } : {}
  const { processes, ...others } = asked
  const isUsual = processes === undefined || processes === USUAL_PROCESSES
  return { limits: { ...held, ...usual, ...others, ...(isUsual ? {} : { processes }) }, warnings }
}

const LIMIT_WORDS: Readonly<Record<string, string>> = { memoryBytes: "memory", cpuCores: "processors" }

function isHeld(limit: string, provider: Offer): boolean {
  const { limits } = provider.capabilities
  if (limit === "memoryBytes") return limits.includes("memory")
  return limit !== "cpuCores" || limits.includes("cpu")
}

function limitsOf({ cpus, memory, disk, time }: WrittenResources): Limits {
  const memoryBytes = memory === undefined ? undefined : readSize(memory)
  const outputBytes = disk === undefined ? undefined : readSize(disk)
  const timeMs = time === undefined ? undefined : readDuration(time)
  return {
    ...(memoryBytes === undefined ? {} : { memoryBytes }),
    ...(cpus === undefined ? {} : { cpuCores: cpus }),
    ...(outputBytes === undefined ? {} : { outputBytes }),
    ...(timeMs === undefined ? {} : { timeMs }),
  }
}

function refuseLimits(limits: Limits, provider: Offer): void {
  const asked = [
    ["memory", limits.memoryBytes, "--memory"],
    ["cpu", limits.cpuCores, "--cpus"],
    // A record of a machine that holds gears to the usual limit can be replayed on one that cannot.
    ["processes", limits.processes === USUAL_PROCESSES ? undefined : limits.processes, "--pids"],
  ] as const
  for (const [limit, value, flag] of asked) {
    if (value === undefined || provider.capabilities.limits.includes(limit)) continue
    throw missing(
      `Cannot limit ${limit} with ${flag}: provider "${provider.name}" cannot on this machine`,
      `Leave ${flag} away, or see what it needs: gear doctor`,
    )
  }
}

function missing(message: string, hint: string): GeartrainError {
  return new GeartrainError("CAPABILITY_MISSING", message, { hint })
}
