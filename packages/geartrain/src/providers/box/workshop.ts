import type { Box, RootFilesystem } from "@geartrain/ports"
import { makeFolderOf } from "../../system/linux/small-folders.ts"
import { watchFolder } from "../../system/linux/watch-folder.ts"
import type { Backend } from "./backend.ts"
import type { CgroupLimits } from "./cgroups/box-cgroup.ts"
import { type BoxGroups, type Cgroups, makeCgroups } from "./cgroups/cgroups.ts"
import { Holder } from "./holder/holder.ts"
import { Slots } from "./holder/slots.ts"
import { EarlyStarts } from "./launch/early-starts.ts"
import { type Launched, type LaunchPlan, launchCaptured, launchOnTerminal } from "./launch/launch.ts"
import { launchEarly } from "./launch/launch-early.ts"
import { holdingWords } from "./machine/constraints.ts"
import type { Machine } from "./machine/machine.ts"
import { sampleMemory } from "./machine/memory-sampler.ts"
import { removeStateFolder, sweepStateFolders } from "./machine/state-folder.ts"
import { openOutboundNetwork } from "./outbound.ts"
import { prepareBox } from "./prepare-box.ts"
import { resolveTargets } from "./resolve-targets.ts"
import { type BoxFolder, makeBoxFolder, removeBoxFolder } from "./root/box-folder.ts"
import { layerNeeds } from "./root/layer.ts"
import { Roots } from "./root/roots.ts"
import { type Overlay, Spares } from "./root/spares.ts"
import { type BoxParts, RunningBox } from "./running-box.ts"
import { setUpHolder } from "./set-up-holder.ts"

/** What a program around a box may have of its own: itself, and a few that it writes through. */
const AROUND_PROCESSES = 4

/** Everything that the boxes of one provider share: the holder, its mounts, the control groups. */
export class Workshop {
  readonly holder: Holder
  readonly #backend: Backend
  readonly #machine: Machine
  readonly #cgroups: Cgroups
  readonly #roots: Roots
  readonly #early: EarlyStarts | undefined
  readonly #slots: Slots
  readonly #spares: Spares
  #made = 0

  private constructor(parts: {
    readonly backend: Backend
    readonly machine: Machine
    readonly holder: Holder
    readonly cgroups: Cgroups
    readonly first: Promise<BoxGroups>
  }) {
    this.holder = parts.holder
    this.#backend = parts.backend
    this.#machine = parts.machine
    this.#cgroups = parts.cgroups
    this.#roots = new Roots(parts.holder)
    const early = parts.backend.early && new EarlyStarts(parts.holder, parts.backend.early)
    this.#early = early
    this.#slots = new Slots(parts.holder, parts.cgroups, {
      first: parts.first,
      ...(early === undefined ? {} : { early }),
    })
    this.#spares = new Spares(parts.holder, {
      newFolder: () => this.#newFolder(),
      givesAway: parts.machine.isMachineRoot,
    })
  }

  /** @throws {GeartrainError} PROVIDER_UNAVAILABLE when the machine does not allow it. */
  static async open(backend: Backend, machine: Machine): Promise<Workshop> {
    const setUp = setUpHolder(backend, machine)
    // Runs from here on, while the rest is made ready: nothing that waits comes before it.
    const starting = Holder.start({ setUp, userNamespace: machine.userNamespace })
    starting.catch(() => undefined)
    let cgroups: Cgroups | undefined
    let first: Promise<BoxGroups> | undefined
    try {
      cgroups = makeCgroups(machine.places, setUp.cgroups.name)
      first = cgroups.make()
      // Whoever takes the first slot gets the error.
      first.catch(() => undefined)
      const [holder] = await Promise.all([starting, sweepStateFolders(setUp.folder)])
      return new Workshop({ backend, machine, holder, cgroups, first })
    } catch (error) {
      const [holder] = await Promise.allSettled([starting, first])
      if (holder.status === "fulfilled") await holder.value.end()
      await cgroups?.remove()
      await removeStateFolder(setUp.folder)
      throw error
    }
  }

  /**
   * Starts a box that was checked.
   *
   * @throws {GeartrainError} PROVIDER_FAILED, with nothing left of the box.
   */
  async start(box: Box, userMapping: "full" | "single"): Promise<RunningBox> {
    const root = await this.#roots.mount(box.root)
    const mounts = resolveTargets(box.mounts, root)
    const overlay: Overlay = {
      root,
      lowers: [this.#roots.layer(root, layerNeeds(box, mounts, userMapping)), root.path],
      userNamespace: !this.#machine.isMachineRoot,
      volatile: this.#machine.volatileLayers,
    }
    const spare = this.#spares.take(overlay, box)
    const folder = spare ?? this.#folderFor(box)
    let isWhole = false
    const undo: (() => Promise<void>)[] = [
      async () => {
        if (!isWhole || !this.#spares.keep(folder)) await removeBoxFolder(folder, this.holder)
      },
    ]
    let release = async (): Promise<void> => undefined
    const undoAll = async (): Promise<void> => {
      for (let step = undo.pop(); step !== undefined; step = undo.pop()) await step()
    }
    // Both wait for the kernel.
    const clean = async (): Promise<void> => void (await Promise.all([release(), undoAll()]))
    try {
      if (spare === undefined) await makeBoxFolder(folder, root, this.#machine.isMachineRoot)
      const network = box.network === "outbound" ? await openOutboundNetwork(folder, this.holder) : undefined
      if (network !== undefined) undo.push(network.close)
      const made = { box: folder, mounts, state: this.holder.setUp.state, userMapping, network: network?.namespace }
      const launched = await this.#launch(box, {
        folder,
        ...(spare === undefined ? { overlay } : {}),
        limits: this.#limitsOf(box),
        holding: holdingWords(box.constraints ?? []),
        around: box.around ?? [],
        prepare: (backendFolder) => this.#backend.prepare(prepareBox(box, { ...made, folder: backendFolder })),
      })
      release = launched.release
      const cleanRun = (hasEnded: boolean): Promise<void> => {
        isWhole = hasEnded
        return clean()
      }
      const running = this.#watch(box, launched, cleanRun)
      await this.#begun(launched.folder, running)
      return running
    } catch (error) {
      await clean()
      throw error
    }
  }

  /** Tries a root filesystem. */
  async canMount(root: RootFilesystem): Promise<boolean> {
    try {
      await this.#roots.mount(root)
      return true
    } catch {
      // Why not does not matter to those who only ask whether.
      return false
    }
  }

  /** Unmounts a root filesystem, and what was made of it. */
  async forget(root: RootFilesystem): Promise<void> {
    const mounted = await this.#roots.take(root)
    if (mounted === undefined) return
    await this.#spares.forget(mounted)
    await this.#roots.unmount(mounted)
  }

  /** Makes a network for a moment. @throws {GeartrainError} PROVIDER_FAILED when that cannot be done. */
  async tryNetwork(): Promise<void> {
    const folder = this.#newFolder()
    makeFolderOf(folder.view, { mode: 0o755 })
    const network = await openOutboundNetwork(folder, this.holder)
    await network.close()
  }

  async close(): Promise<void> {
    await this.holder.end()
    this.#slots.close()
    await this.#spares.close()
    await this.#cgroups.remove()
    // The holder removes it, unless it was killed.
    await removeStateFolder(this.holder.setUp.folder)
  }

  #folderFor(box: Box): BoxFolder {
    return { ...this.#newFolder(), layer: `${box.folder}/layer` }
  }

  #newFolder(): Pick<BoxFolder, "inside" | "view"> {
    this.#made += 1
    const inside = `${this.holder.setUp.state}/boxes/${this.#made}`
    return { inside, view: this.holder.view(inside) }
  }

  async #launch(box: Box, plan: LaunchPlan): Promise<Launched> {
    if (box.streams === "terminal") return launchOnTerminal(this.holder, await this.#cgroups.make(), plan)
    const mayBeEarly = plan.holding.length === 0 && plan.around.length === 0
    return this.#early === undefined || !mayBeEarly
      ? launchCaptured(this.#slots, plan)
      : launchEarly({ holder: this.holder, slots: this.#slots, early: this.#early, backend: this.#backend }, plan)
  }

  #limitsOf(box: Box): CgroupLimits {
    const ownProcesses = this.#backend.ownProcesses + (box.around === undefined ? 0 : AROUND_PROCESSES)
    return {
      ...(box.memoryBytes === undefined ? {} : { memoryBytes: box.memoryBytes }),
      ...(box.cpuCores === undefined ? {} : { cpuCores: box.cpuCores }),
      ...(box.processes === undefined ? {} : { processes: box.processes + ownProcesses }),
    }
  }

  #watch(box: Box, launched: Launched, clean: BoxParts["clean"]): RunningBox {
    const counts = this.#machine.places.some(({ controllers }) => controllers.includes("memory"))
    const first = (): number | undefined => this.#backend.firstProcess(launched.folder)
    const sampler = counts ? undefined : sampleMemory(this.holder.view("/proc"), first)
    const { holder } = this
    const limitsMemory = box.memoryBytes !== undefined
    return new RunningBox({ id: box.id, backend: this.#backend, holder, sampler, limitsMemory, clean, ...launched })
  }

  /** Resolves when the box runs or has run; rejects when it could not. */
  async #begun(folder: string, running: RunningBox): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const look = (): void => {
      if (this.#backend.firstProcess(folder) !== undefined) resolve()
    }
    const watcher = watchFolder(folder, look)
    try {
      look()
      await Promise.race([promise, running.wait()])
    } finally {
      watcher.close()
    }
  }
}
