import { monotonicMs } from "../../system/clock.ts"
import { formatSize } from "./amounts.ts"
import type { Channel } from "./terminal.ts"

/** One line that says how far a transfer is, written over in place; nothing where no line can be. */
export interface ProgressLine {
  /** So many bytes more are done. */
  bytes(count: number): void
  file(): void
  /** Takes the line away. */
  end(): void
}

/** @see ECMA-48, 8.3.41 EL: erase in line */
const ERASE_LINE = "\r\u001b[K"
const EVERY_MS = 200

export function createProgressLine(
  channel: Channel,
  total: { readonly files: number; readonly sizeBytes: number },
  { quiet }: { readonly quiet: boolean },
): ProgressLine {
  if (quiet || !channel.movement) return { bytes: () => undefined, file: () => undefined, end: () => undefined }
  const start = monotonicMs()
  let drawnMs = 0
  let [files, sizeBytes] = [0, 0]
  const draw = (): void => {
    const now = monotonicMs()
    if (now - drawnMs < EVERY_MS) return
    drawnMs = now
    const rate = formatSize(Math.round(sizeBytes / Math.max(0.2, (now - start) / 1000)))
    const text = `${files} of ${total.files} files, ${formatSize(sizeBytes)} of ${formatSize(total.sizeBytes)}, ${rate}/s`
    channel.write(`${ERASE_LINE}${channel.paint.dim(text)}`)
  }
  return {
    bytes: (count) => {
      sizeBytes += count
      draw()
    },
    file: () => {
      files++
      draw()
    },
    end: () => {
      if (drawnMs > 0) channel.write(ERASE_LINE)
    },
  }
}
