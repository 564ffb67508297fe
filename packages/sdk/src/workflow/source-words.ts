import type { StepCondition, ValueCondition } from "@geartrain/spec/workflow"
import type { FilesFrom, ValueFrom } from "./workflow-parts.ts"

/**
 * A text with values in it.
 *
 * @example
 *   text`k=${{ from: "parameters.k" }}mm` // => { text: "k=${parameters.k}mm" }
 */
export function text(parts: TemplateStringsArray, ...values: readonly ValueFrom<unknown>[]): { readonly text: string } {
  const written = parts.map((part, index) => {
    const plain = part.replaceAll("${", "$$${")
    const value = values[index]
    return value === undefined ? plain : `${plain}\${${value.from}}`
  })
  return { text: written.join("") }
}

/**
 * What a group of an item's glob caught.
 *
 * @param group  From 1.
 * @example
 *   caught({ from: "each.reads" }, 1) // => { from: "each.reads.1" }
 */
export function caught(item: FilesFrom, group: number): ValueFrom<string> {
  return { from: `${item.from}.${group}` }
}

/**
 * Of files, those whose path fits a glob, with what its groups catch: for a scatter.
 *
 * @example
 *   matching({ from: "inputs.reads" }, "(*)_R1.fq") // => { from: "inputs.reads", glob: "(*)_R1.fq" }
 */
export function matching(files: FilesFrom, glob: string): FilesFrom & { readonly glob: string } {
  return { ...files, glob }
}

/**
 * That a value is so: the condition of a step.
 *
 * @example
 *   where({ from: "parameters.k" }, { atLeast: 3 }) // => { value: "parameters.k", atLeast: 3 }
 */
export function where(value: ValueFrom<unknown>, is: Omit<ValueCondition, "value">): StepCondition {
  return { value: value.from, ...is }
}

/** That files came out: the condition of a step. */
export function exists(files: FilesFrom): StepCondition {
  return { exists: files.from }
}
