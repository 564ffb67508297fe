import { GeartrainError } from "@geartrain/spec"
import type { PlanWish } from "../../compose/workflows/make-plan.ts"
import { parseSize } from "../../settings/parse-amount.ts"
import type { Flag, Given } from "../command.ts"

/** Flags of every command that plans a workflow. */
export const PLAN_FLAGS = {
  input: {
    type: "text",
    short: "i",
    value: "NAME=PATH",
    many: true,
    says: "Give a file, or a folder; of an input that takes several files, once for each",
    complete: "file",
  },
  set: { type: "text", short: "s", value: "NAME=VALUE", many: true, says: "Set a parameter" },
  "no-reuse": { type: "switch", says: "Run everything, whatever was done before" },
  "reuse-from": {
    type: "text",
    value: "RUN|PLAN",
    says: "Reuse only what this run, or this plan, stands on",
    complete: "file",
  },
  cleanup: {
    type: "text",
    value: "none|leaf|inplace|SIZE",
    says: "Intermediate files: keep them; remove them at the end; each as soon as nothing reads it any more; or, with a size, when they take more. Default: none",
    complete: ["none", "leaf", "inplace"],
  },
} as const satisfies Readonly<Record<string, Flag>>

/** @throws {GeartrainError} USAGE */
export function readPlanWish(file: string, given: Given): PlanWish {
  const from = given.text("reuse-from")
  if (from !== undefined && given.has("no-reuse")) {
    throw new GeartrainError(
      "USAGE",
      "Cannot take --reuse-from together with --no-reuse: one reuses, the other does not",
      {
        hint: "Leave one of them away",
      },
    )
  }
  return {
    file,
    inputs: readInputs(given.list("input")),
    parameters: given.list("set"),
    reuse: given.has("no-reuse") ? "none" : from === undefined ? "any" : { from },
    cleanup: readCleanup(given.text("cleanup")),
  }
}

function readInputs(pairs: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const inputs = new Map<string, string[]>()
  for (const pair of pairs) {
    const split = pair.indexOf("=")
    if (split < 1 || split === pair.length - 1) {
      throw new GeartrainError("USAGE", `Cannot read --input "${pair}": it has to be NAME=PATH`, {
        details: { value: pair },
        hint: "Write it as --input NAME=PATH",
      })
    }
    const [name, path] = [pair.slice(0, split), pair.slice(split + 1)]
    const known = inputs.get(name)
    if (known === undefined) inputs.set(name, [path])
    else known.push(path)
  }
  return inputs
}

function readCleanup(word: string | undefined): PlanWish["cleanup"] {
  if (word === undefined) return "none"
  if (word === "none" || word === "leaf" || word === "inplace") return word
  return { keepBytes: parseSize(word, "--cleanup") }
}
