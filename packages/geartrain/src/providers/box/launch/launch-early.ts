import { GeartrainError } from "@geartrain/spec"
import { delay } from "../../../system/clock.ts"
import { readKernelFile } from "../../../system/linux/kernel-files.ts"
import { writeSmallFile } from "../../../system/linux/small-folders.ts"
import type { Backend } from "../backend.ts"
import type { Holder } from "../holder/holder.ts"
import type { Slot, Slots } from "../holder/slots.ts"
import { mountScript } from "./box-script.ts"
import type { EarlyStarts } from "./early-starts.ts"
import { type Launched, type LaunchPlan, launchedIn } from "./launch.ts"

/** What boxes of one provider are launched with, if their backend runs before they are known. */
export interface EarlyParts {
  readonly holder: Holder
  readonly slots: Slots
  readonly early: EarlyStarts
  readonly backend: Backend
}

/** Backends come to where they wait in a few milliseconds; later, it is looked after less often. */
const FIRST_PAUSE_MS = 2
const LONGEST_PAUSE_MS = 100

/**
 * Tells a backend that runs already which box it is to make, with what it prints coming to us.
 *
 * @param plan  With nothing before the backend: that would have come too late.
 * @throws {GeartrainError} PROVIDER_FAILED when the root filesystem cannot be mounted.
 */
export async function launchEarly(parts: EarlyParts, plan: LaunchPlan): Promise<Launched> {
  const { early, holder, slots } = parts
  const [mounted, taken] = await Promise.allSettled([mountOverlay(holder, plan), slots.take()])
  if (taken.status === "rejected") throw taken.reason
  const slot = taken.value
  const folder = early.folder(slot)
  const running = launchedIn(slots, slot, { folder: holder.view(folder), ...slots.follow(slot) })
  const release = async (): Promise<void> => {
    await early.tidy(slot)
    await running.release()
  }
  const launched = { ...running, release }
  void launched.ended.then((end) => {
    if (end?.code !== 0) early.rename(slot)
  })
  try {
    if (mounted.status === "rejected") throw mounted.reason
    slot.cgroup.limit(plan.limits)
    const [file = ""] = Object.values(plan.prepare(folder).files)
    const content = Buffer.from(file)
    if (!early.release(slot, content)) void wakeUntilBegun(parts, slot, { content, launched })
    return launched
  } catch (error) {
    await abandon(slot, launched)
    throw error
  }
}

async function mountOverlay(holder: Holder, { folder, overlay }: LaunchPlan): Promise<void> {
  if (overlay === undefined) return
  writeSmallFile(`${folder.view}/mount.sh`, mountScript(folder.inside, overlay, "mount.problem"), 0o600)
  if ((await holder.run(`${folder.inside}/mount.sh`)) === 0) return
  const words = (readKernelFile(`${folder.view}/mount.problem`) ?? "the helper was killed").trim()
  throw new GeartrainError("PROVIDER_FAILED", `Cannot mount the root filesystem of a box: ${words}`, {
    hint: "See what the provider can do here: gear doctor",
  })
}

/** The backend finds the file by itself, but for the case that it was about to wait in the moment in which that was put there. */
async function wakeUntilBegun(
  { backend, early }: EarlyParts,
  slot: Slot,
  of: { readonly content: Uint8Array; readonly launched: Launched },
): Promise<void> {
  const over = new AbortController()
  void of.launched.ended.then(() => over.abort())
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2)) {
    const hasEnded = await delay(pauseMs, over.signal).then(
      () => false,
      () => true,
    )
    if (hasEnded || backend.firstProcess(of.launched.folder) !== undefined || early.wake(slot, of.content)) return
  }
}

/** Nobody will tell it anything. */
async function abandon(slot: Slot, launched: Launched): Promise<void> {
  await slot.cgroup.killAll()
  await launched.ended
  launched.streams?.stdout.destroy()
  launched.streams?.stderr.destroy()
  await launched.release()
}
