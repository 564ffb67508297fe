import type { PictureState } from "./picture.ts"

/** How a state looks, by day. Its word always stands beside the colour. */
export interface StateLook {
  readonly fill: string
  readonly line: string
  readonly ink: string
  /** The same in the dark. */
  readonly dark: { readonly fill: string; readonly line: string; readonly ink: string }
  /** Ends a count: `3 complete`. */
  readonly says: string
}

const GREEN = {
  fill: "#e3f4ea",
  line: "#2f7d4f",
  ink: "#16653a",
  dark: { fill: "#17352a", line: "#4fae7a", ink: "#85d9a6" },
}
const BLUE = {
  fill: "#e4effa",
  line: "#3572ad",
  ink: "#0b4a8a",
  dark: { fill: "#16304a", line: "#5b9bd8", ink: "#9ccaf5" },
}
const RED = {
  fill: "#fbe7e7",
  line: "#b83232",
  ink: "#9f1d1d",
  dark: { fill: "#442020", line: "#d86a6a", ink: "#f2a0a0" },
}
const AMBER = {
  fill: "#fbf0da",
  line: "#a8740f",
  ink: "#7a4b00",
  dark: { fill: "#3d3117", line: "#c99a3c", ink: "#f0c674" },
}
const GREY = {
  fill: "#f0f2f5",
  line: "#7d8794",
  ink: "#434b55",
  dark: { fill: "#252c33", line: "#7d8794", ink: "#b9c2cc" },
}

export const LOOKS: Readonly<Record<PictureState, StateLook>> = {
  run: { ...BLUE, says: "to run" },
  reuse: { ...GREEN, says: "to reuse" },
  await: { ...AMBER, says: "to decide" },
  skip: { ...GREY, says: "to skip" },
  waiting: { ...GREY, says: "waiting" },
  running: { ...BLUE, says: "running" },
  reused: { ...GREEN, says: "reused" },
  complete: { ...GREEN, says: "complete" },
  failed: { ...RED, says: "failed" },
  cancelled: { ...AMBER, says: "cancelled" },
  skipped: { ...GREY, says: "skipped" },
  lost: { ...AMBER, says: "lost" },
  mixed: { ...AMBER, says: "mixed" },
}
