import type { GearOrigin } from "@geartrain/spec"
import type { ImagePlace } from "../../packing/place/image-place.ts"
import type { ImageSource, Layer } from "./image-source.ts"

/** A flat tar that can be read as often as wanted, such as that of a stored root filesystem. */
export interface TarStream {
  readonly open: () => AsyncIterable<Uint8Array>
  readonly sizeBytes: number
}

/** Takes a flat tar that comes as a stream for an image, without putting it aside. */
export function openTarStream(stream: TarStream, origin: GearOrigin, place: ImagePlace): ImageSource {
  const layer: Layer = {
    rules: { place, kind: "flat" },
    isVouched: false,
    open: ({ budget }) => counted(stream.open(), (sizeBytes) => budget.unpacked(sizeBytes)),
    check: async () => undefined,
  }
  return {
    origin,
    layers: async () => [layer],
    packedBytes: stream.sizeBytes,
    warnings: () => [],
    close: async () => undefined,
  }
}

async function* counted(
  source: AsyncIterable<Uint8Array>,
  count: (sizeBytes: number) => void,
): AsyncGenerator<Uint8Array, void> {
  for await (const chunk of source) {
    count(chunk.length)
    yield chunk
  }
}
