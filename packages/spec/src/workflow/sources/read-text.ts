/** A piece of a text with values in it: as it is, or what stands there. */
export type TextPart = string | { readonly from: string }

/**
 * Takes a text apart that has `${each.NAME}` or `${parameters.NAME}` in it. `$${` stands for `${` itself.
 *
 * @returns The parts in order; undefined where a `${` is not closed.
 * @example
 *   readText("k=${parameters.k}mm") // => ["k=", { from: "parameters.k" }, "mm"]
 *   readText("costs $${5}") // => ["costs ${5}"]
 */
export function readText(text: string): readonly TextPart[] | undefined {
  const parts: TextPart[] = []
  let plain = ""
  let at = 0
  while (at < text.length) {
    const next = text.indexOf("${", at)
    if (next === -1) break
    if (next > at && text[next - 1] === "$") {
      plain += `${text.slice(at, next - 1)}\${`
      at = next + 2
      continue
    }
    const end = text.indexOf("}", next)
    if (end === -1) return undefined
    plain += text.slice(at, next)
    if (plain !== "") parts.push(plain)
    plain = ""
    parts.push({ from: text.slice(next + 2, end).trim() })
    at = end + 1
  }
  plain += text.slice(at)
  return plain === "" ? parts : [...parts, plain]
}
