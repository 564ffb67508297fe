/** What a `from` names. */
export type NamedSource =
  | { readonly kind: "input"; readonly name: string }
  | { readonly kind: "parameter"; readonly name: string }
  /** Without `output`: all that the step gives, of which `files` picks. */
  | { readonly kind: "step"; readonly step: string; readonly output?: string }
  /** With `group`: what that group of the glob caught, from 1. */
  | { readonly kind: "each"; readonly name: string; readonly group?: number }

/**
 * Reads where a value or a file comes from. What an output is called may have dots in it.
 *
 * @returns undefined for a text that is no source.
 * @example
 *   readSource("steps.align.bam") // => { kind: "step", step: "align", output: "bam" }
 *   readSource("each.reads.1") // => { kind: "each", name: "reads", group: 1 }
 *   readSource("align.bam") // => undefined
 */
export function readSource(from: string): NamedSource | undefined {
  const [kind = "", name = "", ...rest] = from.split(".")
  if (name === "") return undefined
  if (kind === "steps") {
    const output = rest.join(".")
    if (rest.length === 0) return { kind: "step", step: name }
    return output === "" ? undefined : { kind: "step", step: name, output }
  }
  if (kind === "each") return readEach(name, rest)
  if (rest.length > 0) return undefined
  if (kind === "inputs") return { kind: "input", name }
  return kind === "parameters" ? { kind: "parameter", name } : undefined
}

function readEach(name: string, rest: readonly string[]): NamedSource | undefined {
  const [group] = rest
  if (group === undefined) return { kind: "each", name }
  return rest.length === 1 && /^[1-9][0-9]?$/.test(group) ? { kind: "each", name, group: Number(group) } : undefined
}
