import type { GearOrigin, ImageDeclaration, Platform } from "@geartrain/spec"
import type { UnpackBudget } from "../limits/unpack-budget.ts"
import type { LayerRules } from "../tree/layer-merger.ts"

export interface OpenLayerOptions {
  readonly budget: UnpackBudget
  /** Whether the digests that the image says are checked, which costs a second hashing. */
  readonly verify: boolean
  readonly signal?: AbortSignal
}

/** One archive of an image, unpacked as far as a tar stream. */
export interface Layer {
  readonly rules: LayerRules
  /** A digest vouches for its bytes, so an end marker that some old writers left out is not missed. */
  readonly isVouched: boolean
  /**
   * Its tar stream, from the beginning at each call. A chunk is valid until the next is asked for.
   *
   * @throws {GeartrainError} IMAGE_LAYER_DIGEST_MISMATCH at the end, when verified; the errors of `decompress`
   */
  open(options: OpenLayerOptions): AsyncIterable<Uint8Array>
  /**
   * Reads it without looking into it. For telling, after an entry could not be understood, that the bytes are not those that were packed.
   *
   * @throws {GeartrainError} IMAGE_LAYER_DIGEST_MISMATCH; the errors of `decompress`
   */
  check(options: OpenLayerOptions): Promise<void>
}

/** An image wherever it is: what it says of itself, and its layers from the lowest up. */
export interface ImageSource {
  readonly origin: GearOrigin
  readonly declaration?: ImageDeclaration
  /** As the image declares it. */
  readonly platform?: Platform
  /** Brings the layers here where they are not. The same answer at each call. */
  layers(options: { readonly signal?: AbortSignal }): Promise<readonly Layer[]>
  /** Bytes of all layers as they are packed; 0 where that is not known. */
  readonly packedBytes: number
  /** What was left out of the layers that were read so far, as sentences. */
  warnings(): readonly string[]
  /** Removes what was put aside. May be called twice. */
  close(): Promise<void>
}
