import { comparison, type FileComparison, Findings } from "../file-comparison.ts"
import { errorText, NumberTally } from "../numbers/number-tally.ts"

/** A picture as its pixels: four channels each, red, green, blue and opacity. */
export interface Picture {
  readonly channelBits: 8 | 16
  readonly width: number
  readonly height: number
  readonly pixels: Uint8Array | Uint16Array
}

/** More pixels take more memory than a comparison is worth: such a picture is compared as bytes. */
export const MOST_PIXELS = 25_000_000

/** Compares pictures pixel by pixel: how they were packed, and what else the file says, does not count. */
export function comparePictures(format: string, a: Picture, b: Picture): FileComparison {
  const findings = new Findings()
  if (a.width !== b.width || a.height !== b.height) {
    findings.add("size", `${a.width} × ${a.height}`, `${b.width} × ${b.height}`)
    return comparison(format, findings, { summary: "the pictures have different sizes" })
  }
  if (a.channelBits !== b.channelBits) {
    findings.add("bits of a channel", String(a.channelBits), String(b.channelBits))
    return comparison(format, findings, { summary: "the pictures have channels of different depth" })
  }
  const tally = new NumberTally()
  for (let at = 0; at < a.pixels.length; at += 4) {
    let isSame = true
    for (let channel = at; channel < at + 4; channel += 1) {
      const alike = tally.add(a.pixels[channel] ?? 0, b.pixels[channel] ?? 0)
      isSame &&= alike
    }
    if (isSame) continue
    const pixel = at / 4
    findings.add(`pixel ${pixel % a.width},${Math.floor(pixel / a.width)}`, colorOf(a, at), colorOf(b, at))
  }
  const numbers = tally.errors
  return comparison(format, findings, {
    summary:
      findings.count === 0
        ? `the same ${a.width} × ${a.height} pixels`
        : `${findings.count} of ${a.width * a.height} pixels differ; of their channels, ${errorText(numbers)}`,
    numbers,
  })
}

function colorOf(picture: Picture, at: number): string {
  return Array.from(picture.pixels.subarray(at, at + 4)).join(" ")
}
