import assert from "node:assert/strict"
import { test } from "node:test"
import { setTimeout } from "node:timers/promises"
import { faultyProviders } from "../fakes/faulty-providers.ts"
import { memoryProviderBench } from "../fakes/memory-provider.ts"
import type { ProviderBench } from "./box/bench.ts"
import { checkLaw, keepsLaws, type Law } from "./law.ts"
import { providerLaws } from "./provider.ts"

keepsLaws(test, "memory", {
  laws: providerLaws,
  open: async () => {
    const port = memoryProviderBench()
    return { port, close: () => port.provider.close() }
  },
})

/** Some faulty providers let a law wait for ever. */
const PATIENCE_MS = 1000

/** Ids of the laws that each faulty provider breaks: found out for all at once. */
const broken = new Map(Object.entries(faultyProviders).map(([fault, open]) => [fault, lawsBrokenBy(open)]))

async function lawsBrokenBy(open: () => ProviderBench): Promise<ReadonlySet<string>> {
  const ids = await Promise.all(providerLaws.map(async (law) => ((await holds(law, open())) ? [] : [law.id])))
  return new Set(ids.flat())
}

async function holds(law: Law<ProviderBench>, port: ProviderBench): Promise<boolean> {
  try {
    const check = checkLaw(law, async () => ({ port, close: async () => {} })).then(() => true)
    return await Promise.race([check, setTimeout(PATIENCE_MS, false, { ref: false })])
  } catch {
    return false
  } finally {
    await port.provider.close()
  }
}

for (const [fault, ids] of broken) {
  test(`a provider that ${fault} breaks a law, and not nearly all of them`, async () => {
    const { size } = await ids
    assert.ok(size > 0 && size < providerLaws.length * 0.8, `${size} laws`)
  })
}

for (const law of providerLaws) {
  test(`a faulty provider is caught by ${law.id}`, async () => {
    const all = await Promise.all(broken.values())
    assert.ok(all.some((ids) => ids.has(law.id)))
  })
}

test("laws of providers have ids of their own", () => {
  assert.equal(new Set(providerLaws.map((law) => law.id)).size, providerLaws.length)
})
