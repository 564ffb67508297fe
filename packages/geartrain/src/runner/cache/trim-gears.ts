import type { StoredRoot } from "@geartrain/ports"
import type { GearId, TreeDigest } from "@geartrain/spec"
import type { GearShelf } from "../attempt/gear-shelf.ts"
import type { RunnerPorts } from "../runner-ports.ts"

/** A root filesystem that is kept, and the gears that run on it. */
interface KeptGears {
  readonly root: StoredRoot
  readonly gears: readonly GearId[]
  /** Milliseconds since 1970. */
  readonly usedMs: number
}

/**
 * Removes gears that the server has as well, the longest unused first, until their root filesystems take no more than allowed. One that a job has or
 * is about to have stays; one that is wanted again is fetched again.
 *
 * @param limits.isUsed  Whether a job of this runner has the gear.
 * @returns how many bytes went.
 */
export async function trimGears(
  { engine }: Pick<RunnerPorts, "engine">,
  shelf: Pick<GearShelf, "usedMs" | "clear">,
  limits: { readonly mostBytes: number; readonly isUsed: (gear: GearId) => boolean },
): Promise<number> {
  const kept = await keptGears(engine, shelf)
  let tooMany = kept.reduce((sum, { root }) => sum + root.storedBytes, 0) - limits.mostBytes
  let removedBytes = 0
  for (const { root, gears } of kept.toSorted((a, b) => a.usedMs - b.usedMs)) {
    if (tooMany <= 0) break
    const isGone = await shelf.clear(gears, limits.isUsed, async () => {
      await (await engine.provider()).forget(root)
      // A gear without it is fetched again, so that a runner that is killed here has lost nothing.
      await engine.roots.remove(root.tree)
      for (const gear of gears) await engine.gears.removeGear(gear)
    })
    if (!isGone) continue
    tooMany -= root.storedBytes
    removedBytes += root.storedBytes
  }
  return removedBytes
}

async function keptGears(
  engine: RunnerPorts["engine"],
  shelf: Pick<GearShelf, "usedMs">,
): Promise<readonly KeptGears[]> {
  const byTree = new Map<TreeDigest, { gears: GearId[]; usedMs: number }>()
  for (const { id, tree, imported } of await engine.gears.listGears()) {
    const usedMs = shelf.usedMs(id) ?? Date.parse(imported)
    const known = byTree.get(tree)
    byTree.set(tree, { gears: [...(known?.gears ?? []), id], usedMs: Math.max(known?.usedMs ?? 0, usedMs) })
  }
  const kept: KeptGears[] = []
  for (const [tree, of] of byTree) {
    const root = await engine.roots.stat(tree)
    if (root !== undefined) kept.push({ root, ...of })
  }
  return kept
}
