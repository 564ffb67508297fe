import assert from "node:assert/strict"
import { test } from "node:test"
import { isGeartrainError, type Network } from "@geartrain/spec"
import { gear } from "../../../test/stores/records/sample-records.ts"
import type { JobRequest } from "../job-request.ts"
import { grantLimits, grantNetwork, USUAL_PROCESSES } from "./grant-resources.ts"

type Offer = Parameters<typeof grantLimits>[2]["provider"]

function offer(limits: Offer["capabilities"]["limits"]): Offer {
  return {
    name: "box",
    capabilities: {
      networks: ["none"],
      limits,
      roots: ["tree"],
      rootless: false,
      userMapping: "full",
      measures: "cgroup",
      constraints: [],
      around: true,
    },
  }
}

function granted(limits: JobRequest["limits"], provider: Offer, resources = {}) {
  const request: JobRequest = { gear: gear(1), config: {}, files: {}, ...(limits === undefined ? {} : { limits }) }
  return grantLimits(request, resources, { provider, memoryBytes: 8 * 2 ** 30 })
}

const ALL = offer(["memory", "cpu", "processes", "file-size"])
const NOTHING = offer([])

test("a gear that nobody limits is held to the usual number of processes, where that can be", () => {
  assert.deepEqual(granted(undefined, ALL).limits, { processes: USUAL_PROCESSES })
  assert.deepEqual(granted(undefined, NOTHING).limits, {})
})

test("what the user sets goes over the usual, and is refused where it cannot be held", () => {
  assert.deepEqual(granted({ processes: 10 }, ALL).limits, { processes: 10 })
  assert.throws(
    () => granted({ processes: 10 }, NOTHING),
    (error) => isGeartrainError(error, "CAPABILITY_MISSING"),
  )
})

test("a record with the usual limit can be replayed where nothing can hold it", () => {
  assert.deepEqual(granted({ processes: USUAL_PROCESSES, timeMs: 5 }, NOTHING).limits, { timeMs: 5 })
  assert.deepEqual(granted({ processes: USUAL_PROCESSES }, ALL).limits, { processes: USUAL_PROCESSES })
})

test("what the gear says that it needs is a limit, under the user's, and what cannot be held is told", () => {
  const resources = { memory: "1g", cpus: 2, time: "1h", disk: "2g" }
  const { limits, warnings } = granted({ memoryBytes: 5 }, ALL, resources)
  assert.equal(limits.memoryBytes, 5)
  assert.equal(limits.cpuCores, 2)
  assert.deepEqual(warnings, [])
  const held = granted(undefined, NOTHING, resources)
  assert.deepEqual(Object.keys(held.limits).toSorted(), ["outputBytes", "timeMs"])
  assert.equal(held.warnings.length, 2)
})

/** What comes of what the manifest asks for, the user grants and the provider offers; the words of the refusal where it is refused. */
function network(
  asked: Network,
  grant: Network | undefined,
  networks: readonly Network[],
  unknown: readonly string[] = [],
): string {
  const command = { network: asked, unknownCapabilities: unknown } as unknown as Parameters<typeof grantNetwork>[1]
  const request: JobRequest = {
    gear: gear(1),
    config: {},
    files: {},
    ...(grant === undefined ? {} : { network: grant }),
  }
  try {
    return grantNetwork(request, command, { ...ALL, capabilities: { ...ALL.capabilities, networks } })
  } catch (error) {
    assert.ok(isGeartrainError(error, "CAPABILITY_MISSING"), String(error))
    return error.message
  }
}

test("a gear has a network only where it asks for one, its user grants it and the provider has it", () => {
  const both: readonly Network[] = ["none", "outbound"]
  assert.equal(network("outbound", "outbound", both), "outbound")
  assert.match(network("outbound", "outbound", ["none"]), /provider "box" cannot offer it/)
  assert.match(network("outbound", undefined, both), /asks for the network, which is not granted/)
  assert.match(network("none", "outbound", both), /its manifest does not ask for the network/)
  for (const networks of [both, ["none"] as const]) {
    assert.equal(network("none", undefined, networks), "none")
    assert.equal(network("none", "none", networks), "none")
    assert.equal(network("outbound", "none", networks), "none")
  }
})

test("a capability that nothing offers is refused, whatever the user grants", () => {
  for (const grant of ["none", "outbound", undefined] as const) {
    assert.match(
      network("none", grant, ["none", "outbound"], ["telepathy"]),
      /capability "telepathy", which nothing here offers/,
    )
  }
})
