import { canonicalJson, type GearManifest, type JsonObject, type Limits } from "@geartrain/spec"
import { type GearAdditions, readDuration, readSize } from "@geartrain/spec/additions"
import type { JobResources } from "@geartrain/spec/server"
import type { JobOrder } from "./job-order.ts"

/** What a job may use at most, and what it asks of a runner: what its gear says that it needs, under what the order says. */
export function askResources(
  manifest: GearManifest,
  additions: GearAdditions,
  order: Pick<JobOrder, "limits" | "resources" | "network">,
): { readonly limits: Limits; readonly resources: JobResources } {
  const own = additions.resources ?? {}
  const limits: Limits = {
    ...withSize("memoryBytes", own.memory),
    ...(own.cpus === undefined ? {} : { cpuCores: own.cpus }),
    ...withSize("outputBytes", own.disk),
    ...(own.time === undefined ? {} : { timeMs: readDuration(own.time) ?? 0 }),
    ...order.limits,
  }
  const { labels, ...amounts } = order.resources ?? {}
  const capabilities = [...new Set([...(manifest.capabilities ?? []), ...(amounts.capabilities ?? [])])]
    // Who runs the gear sealed needs no runner that has the network.
    .filter((capability) => capability !== "networking" || order.network === "outbound")
    .sort()
  const resources: JobResources = {
    ...(limits.cpuCores === undefined ? {} : { cpus: limits.cpuCores }),
    ...(limits.memoryBytes === undefined ? {} : { memoryBytes: limits.memoryBytes }),
    ...(own.gpu === undefined || own.gpu === 0 ? {} : { gpus: own.gpu }),
    ...amounts,
    ...(labels === undefined || Object.keys(labels).length === 0 ? {} : { labels }),
    ...(capabilities.length === 0 ? {} : { capabilities }),
  }
  return { limits, resources: withoutEmpty(resources) }
}

/** How a lane writes what its jobs ask for: the same text for the same. */
export function resourcesText(resources: JobResources): string {
  return canonicalJson(resources as JsonObject)
}

function withSize(member: "memoryBytes" | "outputBytes", text: string | undefined): Limits {
  const bytes = text === undefined ? undefined : readSize(text)
  return bytes === undefined ? {} : { [member]: bytes }
}

function withoutEmpty(resources: JobResources): JobResources {
  const { capabilities, ...others } = resources
  return capabilities === undefined || capabilities.length === 0 ? others : resources
}
