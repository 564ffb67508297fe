import type { RootFilesystem } from "@geartrain/ports"
import { GeartrainError } from "@geartrain/spec"
import { readKernelFile } from "../../../system/linux/kernel-files.ts"
import { lookAt, makeFolderOf, writeSmallFile } from "../../../system/linux/small-folders.ts"
import type { Holder } from "../holder/holder.ts"
import { type LayerNeeds, makeLayer } from "./layer.ts"

/** A root filesystem that is mounted in the holder's namespace. */
export interface MountedRoot {
  /** In the holder's namespace. */
  readonly path: string
  /** The same folder, as this process can read it. */
  readonly view: string
  /** Paths in it, and where they lead when links are followed; filled as they are asked for. */
  readonly targets: Map<string, string>
  /** Of its topmost folder. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
}

/** Mounts each root filesystem once, and makes each layer once, for the life of a provider. */
export class Roots {
  readonly #holder: Holder
  readonly #roots = new Map<string, Promise<MountedRoot>>()
  /** By root filesystem, and by what it lacks. */
  readonly #layers = new Map<string, Map<string, string>>()
  #tried = 0
  #made = 0

  constructor(holder: Holder) {
    this.#holder = holder
  }

  /** @throws {GeartrainError} PROVIDER_FAILED when it cannot be mounted. */
  async mount(root: RootFilesystem): Promise<MountedRoot> {
    const key = keyOf(root)
    const known = this.#roots.get(key)
    if (known !== undefined) return known
    this.#tried += 1
    const mounted = this.#mount(root, this.#tried)
    this.#roots.set(key, mounted)
    // What failed may have been mended by the next time.
    mounted.catch(() => this.#roots.delete(key))
    return mounted
  }

  /** Answers with the folder of the layer, in the holder's namespace. */
  layer(root: MountedRoot, needs: LayerNeeds): string {
    const layers = this.#layers.get(root.path) ?? new Map<string, string>()
    this.#layers.set(root.path, layers)
    const key = JSON.stringify(needs)
    const known = layers.get(key)
    if (known !== undefined) return known
    const path = `${this.#holder.setUp.state}/layers/${this.#made}`
    this.#made += 1
    layers.set(key, path)
    const view = this.#holder.view(path)
    makeFolderOf(view, { mode: root.mode & 0o7777 })
    makeLayer(view, root.view, needs)
    return path
  }

  /** Whoever wants it from now on mounts it anew. Undefined when it was not mounted. */
  async take(root: RootFilesystem): Promise<MountedRoot | undefined> {
    const key = keyOf(root)
    const mounted = this.#roots.get(key)
    this.#roots.delete(key)
    // One that could not be mounted was told to whoever wanted it.
    return mounted?.catch(() => undefined)
  }

  /** Undoes what `mount` and `layer` made for one that was taken. */
  async unmount({ path }: MountedRoot): Promise<void> {
    const layers = [...(this.#layers.get(path)?.values() ?? [])]
    this.#layers.delete(path)
    const script = `${path}.sh`
    const commands = [
      `umount -l ${path}`,
      `rmdir ${path}`,
      ...layers.map((layer) => `rm -rf ${layer}`),
      `rm -f ${script}`,
    ]
    await this.#holder.unlessGone(async () => {
      writeSmallFile(this.#holder.view(script), `${commands.join("\n")}\n`, 0o600)
      await this.#holder.run(script)
    })
  }

  async #mount(root: RootFilesystem, number: number): Promise<MountedRoot> {
    const path = `${this.#holder.setUp.state}/root-${number}`
    const view = this.#holder.view(path)
    if (!this.#holder.isOver) makeFolderOf(view, { mode: 0o755 })
    const code = await this.#holder.mountRoot(number, root.form, root.path)
    const top = lookAt(view)
    if (code === 0 && top !== undefined)
      return { path, view, targets: new Map(), mode: top.mode, uid: top.uid, gid: top.gid }
    const words = (readKernelFile(`${view}.problem`) ?? "the helper was killed").trim().split("\n")[0]
    throw new GeartrainError("PROVIDER_FAILED", `Cannot mount root filesystem "${root.path}" as ${root.form}: ${words}`)
  }
}

function keyOf({ form, path }: RootFilesystem): string {
  return `${form} ${path}`
}
