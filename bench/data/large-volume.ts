import { closeSync, openSync, writeSync } from "node:fs"
import { noise } from "./noise.ts"

const PLANE = [512, 512] as const
/** Values that are made; larger files have them several times over. */
const DISTINCT_PLANES = 16

/**
 * Writes a NIfTI-1 volume of single precision.
 *
 * @param relativeNoise  Every value is off by up to so much of itself.
 * @param oddLast  One of the last values is another.
 */
export function writeVolume(
  path: string,
  {
    bytes,
    relativeNoise = 0,
    oddLast = false,
  }: {
    readonly bytes: number
    readonly relativeNoise?: number
    readonly oddLast?: boolean
  },
): void {
  const planes = Math.floor(bytes / (4 * PLANE[0] * PLANE[1]))
  const file = openSync(path, "w")
  try {
    writeSync(file, header(planes))
    const values = planesOfNoise(relativeNoise)
    for (let plane = 0; plane < planes; plane += 1) {
      const next = values[plane % DISTINCT_PLANES] as Float32Array
      if (oddLast && plane === planes - 1) next[100] = 1 + (next[100] ?? 0)
      writeSync(file, new Uint8Array(next.buffer))
    }
  } finally {
    closeSync(file)
  }
}

function header(planes: number): Buffer {
  const bytes = Buffer.alloc(352)
  bytes.writeInt32LE(348, 0)
  for (const [index, length] of [3, ...PLANE, planes, 1, 1, 1, 1].entries()) bytes.writeInt16LE(length, 40 + 2 * index)
  bytes.writeInt16LE(16, 70)
  bytes.writeInt16LE(32, 72)
  bytes.writeFloatLE(352, 108)
  bytes.writeFloatLE(1, 112)
  bytes.write("n+1\0", 344, "latin1")
  return bytes
}

function planesOfNoise(relativeNoise: number): readonly Float32Array[] {
  const value = noise(1)
  const off = noise(2)
  const share = (number: number): number => number / 2 ** 31
  return Array.from({ length: DISTINCT_PLANES }, () =>
    Float32Array.from({ length: PLANE[0] * PLANE[1] }, () => {
      const exact = 1000 * share(value())
      return exact * (1 + relativeNoise * (share(off()) * 2 - 1))
    }),
  )
}
