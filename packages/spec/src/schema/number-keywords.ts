import { memberOf } from "../json/json-kind.ts"
import type { Keyword } from "./keyword.ts"

/** The rules about numbers. In draft 4, `exclusiveMinimum` and `exclusiveMaximum` are true or false beside the bound. */
export const NUMBER_KEYWORDS: Readonly<Record<string, Keyword>> = {
  minimum(check, wanted, schema) {
    const { value } = check
    if (typeof value !== "number" || typeof wanted !== "number") return
    const exclusive = memberOf(schema, "exclusiveMinimum") === true
    if (exclusive ? value > wanted : value >= wanted) return
    check.fail("minimum", `found ${value}, wanted ${exclusive ? "more than" : "at least"} ${wanted}`, { wanted })
  },
  maximum(check, wanted, schema) {
    const { value } = check
    if (typeof value !== "number" || typeof wanted !== "number") return
    const exclusive = memberOf(schema, "exclusiveMaximum") === true
    if (exclusive ? value < wanted : value <= wanted) return
    check.fail("maximum", `found ${value}, wanted ${exclusive ? "less than" : "at most"} ${wanted}`, { wanted })
  },
  multipleOf(check, wanted) {
    const { value } = check
    if (typeof value !== "number" || typeof wanted !== "number" || isMultiple(value, wanted)) return
    check.fail("multipleOf", `found ${value}, wanted a multiple of ${wanted}`, { wanted })
  },
}

/**
 * As Python's validator: an integer divisor by the remainder, another by whether the quotient is whole, so that 0.3 is no multiple of 0.1.
 */
function isMultiple(value: number, divisor: number): boolean {
  if (Number.isInteger(divisor)) return value % divisor === 0
  const quotient = value / divisor
  return Number.isFinite(quotient) ? Number.isInteger(quotient) : value % divisor === 0
}
