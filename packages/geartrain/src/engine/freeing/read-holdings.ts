import { type Digest, type GearId, isEnded } from "@geartrain/spec"
import type { EnginePorts, InputDigests } from "../engine-ports.ts"
import { readInput } from "../phases/read-input.ts"
import { type KnownInput, type KnownJob, knownJob, type Presence } from "./known-job.ts"
import type { Holdings } from "./plan-freeing.ts"

/**
 * Reads what there is: every job's record, and the sizes of all blobs.
 *
 * @param rootBytes  What the store holds beside its blobs.
 */
export async function readHoldings(
  ports: Pick<EnginePorts, "blobs" | "jobs" | "guard">,
  rootBytes: number,
): Promise<Holdings> {
  const stored = new Map<Digest, number>()
  let storedBytes = rootBytes
  for await (const { digest, sizeBytes } of ports.blobs.list?.() ?? []) {
    stored.set(digest, sizeBytes)
    storedBytes += sizeBytes
  }
  const jobs: KnownJob[] = []
  for (const { id } of await ports.jobs.list({})) {
    const record = await ports.jobs.get(id)
    if (record !== undefined && isEnded(record.state)) jobs.push(knownJob(record))
  }
  const { busy, freed } = await ports.guard.referenced()
  return { jobs, stored, storedBytes, busy, freed }
}

/** Looks for gears and inputs when it is asked, and remembers what it found. */
export function lookAround(
  ports: Pick<EnginePorts, "gears" | "roots"> & { readonly inputDigests?: InputDigests },
): Presence {
  const gears = new Map<GearId, Promise<boolean>>()
  const inputs = new Map<string, Promise<boolean>>()
  return {
    hasGear: (id) => remembered(gears, id, () => hasGear(id, ports)),
    isUnchanged: (input) =>
      remembered(inputs, `${input.digest} ${input.path ?? ""}`, () => isUnchanged(input, ports.inputDigests)),
  }
}

async function hasGear(id: GearId, ports: Pick<EnginePorts, "gears" | "roots">): Promise<boolean> {
  const gear = await ports.gears.getGear(id)
  if (gear === undefined) return false
  // A damaged root filesystem makes nothing again.
  return (await ports.roots.stat(gear.tree).catch(() => undefined)) !== undefined
}

/** Its bytes count: a file that was written anew at the same place, as long as it was, is another one. */
async function isUnchanged({ name, path, digest }: KnownInput, digests: InputDigests | undefined): Promise<boolean> {
  if (path === undefined) return false
  try {
    return (await readInput(name, path, { digests })).digest === digest
  } catch {
    // Not there, or not to be read: then nothing can be made from it.
    return false
  }
}

function remembered<Key, Value>(known: Map<Key, Promise<Value>>, key: Key, look: () => Promise<Value>): Promise<Value> {
  const found = known.get(key) ?? look()
  known.set(key, found)
  return found
}
