import type { JsonValue } from "@geartrain/spec"
import type { AwaitedFiles, KnownFile } from "@geartrain/spec/workflow"
import type { Waits } from "./scope.ts"

/** One of the things that a step is scattered over. */
export interface Item {
  /** A value, or the name of its file. */
  readonly name: JsonValue
  readonly file?: KnownFile | AwaitedFiles
  /** What the groups of the glob caught. */
  readonly caught: readonly string[]
  /** What has to be done before its file is there. */
  readonly after: Waits
}

/** The items of the scatter that a job is of, by the names that the scatter gives them. */
export type Items = ReadonlyMap<string, Item>

export const NO_ITEMS: Items = new Map()
