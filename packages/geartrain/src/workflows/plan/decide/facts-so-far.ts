import type { OutputFile } from "@geartrain/spec"
import type { Facts } from "../expand/scope.ts"

/** What is known of jobs while a plan is made. */
export class FactsSoFar implements Facts {
  readonly #outputs = new Map<string, readonly OutputFile[] | "skipped">()

  note(key: string, outputs: readonly OutputFile[] | "skipped"): void {
    this.#outputs.set(key, outputs)
  }

  outputsOf(key: string): readonly OutputFile[] | "skipped" | undefined {
    return this.#outputs.get(key)
  }

  keysOf(): undefined {
    return undefined
  }
}
