import type { Box, Container, Provider, ProviderCapabilities, RootFilesystem } from "@geartrain/ports"
import { GeartrainError, isGeartrainError } from "@geartrain/spec"
import type { Backend } from "./backend.ts"
import { checkBox } from "./check-box.ts"
import type { Machine } from "./machine/machine.ts"
import { HELPER_KILLED } from "./running-box.ts"
import { Workshop } from "./workshop.ts"

/** A provider made of a backend and of what all of them share. */
export class BoxProvider implements Provider {
  readonly name: string
  readonly version: string
  readonly capabilities: ProviderCapabilities
  readonly #backend: Backend
  readonly #machine: Machine
  readonly #boxes = new Set<Container>()
  /** Boxes that are being started. */
  readonly #starting = new Set<Promise<unknown>>()
  #workshop: Promise<Workshop> | undefined
  #closed: Promise<void> | undefined

  constructor(parts: {
    readonly backend: Backend
    readonly machine: Machine
    readonly capabilities: ProviderCapabilities
    /** One that is open already; absent: it is opened for the first box. */
    readonly workshop?: Workshop
  }) {
    this.name = parts.backend.name
    this.version = parts.backend.version
    this.capabilities = parts.capabilities
    this.#backend = parts.backend
    this.#machine = parts.machine
    this.#workshop = parts.workshop === undefined ? undefined : Promise.resolve(parts.workshop)
  }

  warmUp(root?: RootFilesystem): void {
    if (this.#closed !== undefined) return
    const warm = async (): Promise<void> => {
      const workshop = await this.#open()
      if (root !== undefined) await workshop.canMount(root)
    }
    // Whoever starts a box gets the error.
    warm().catch(() => undefined)
  }

  async start(box: Box, options: { readonly signal?: AbortSignal } = {}): Promise<Container> {
    options.signal?.throwIfAborted()
    if (this.#closed !== undefined) throw failed(box, "the provider is closed")
    checkBox(box, this)
    const starting = this.#start(box)
    this.#starting.add(starting)
    const container = await starting.finally(() => this.#starting.delete(starting))
    this.#boxes.add(container)
    if (options.signal?.aborted === true || this.#closed !== undefined) {
      await container.delete()
      options.signal?.throwIfAborted()
      throw failed(box, "the provider was closed")
    }
    return container
  }

  async forget(root: RootFilesystem): Promise<void> {
    // One that could not be opened keeps nothing.
    const workshop = await this.#workshop?.catch(() => undefined)
    if (workshop?.holder.isGone === false) await workshop.forget(root)
  }

  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #start(box: Box): Promise<Container> {
    const workshop = await this.#open()
    const running = await workshop.start(box, this.capabilities.userMapping).catch((error: unknown) => {
      // Whatever was being done with files that went with it.
      throw isGeartrainError(error) || !workshop.holder.isGone ? error : failed(box, HELPER_KILLED)
    })
    // Deleting takes it off the list, so that a provider does not grow with every box.
    void running.deleted.then(() => this.#boxes.delete(running))
    return running
  }

  /** Opens the workshop for the first box, and another when its holder was killed, with which its boxes are gone too. */
  #open(): Promise<Workshop> {
    const before = this.#workshop
    const opened = (async () => {
      const workshop = await before?.catch(() => undefined)
      if (workshop?.holder.isGone === false) return workshop
      await workshop?.close()
      return Workshop.open(this.#backend, this.#machine)
    })()
    this.#workshop = opened
    return opened
  }

  async #close(): Promise<void> {
    await Promise.allSettled(this.#starting)
    await Promise.all([...this.#boxes].map((box) => box.delete()))
    // One that could not be opened holds nothing.
    const workshop = await this.#workshop?.catch(() => undefined)
    await workshop?.close()
  }
}

function failed(box: Box, why: string): GeartrainError {
  return new GeartrainError("PROVIDER_FAILED", `Cannot start box "${box.id}": ${why}`)
}
