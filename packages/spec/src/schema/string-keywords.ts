import { showJson } from "../json/json-kind.ts"
import { countCodePoints } from "../text/text-position.ts"
import type { Keyword } from "./keyword.ts"

/** The rules about texts. A length counts characters (code points). */
export const STRING_KEYWORDS: Readonly<Record<string, Keyword>> = {
  minLength(check, wanted) {
    if (typeof check.value !== "string" || typeof wanted !== "number") return
    const length = countCodePoints(check.value)
    if (length < wanted) check.fail("minLength", `found ${characters(length)}, wanted at least ${wanted}`, { wanted })
  },
  maxLength(check, wanted) {
    if (typeof check.value !== "string" || typeof wanted !== "number") return
    const length = countCodePoints(check.value)
    if (length > wanted) check.fail("maxLength", `found ${characters(length)}, wanted at most ${wanted}`, { wanted })
  },
  pattern(check, wanted) {
    if (typeof check.value !== "string" || typeof wanted !== "string") return
    if (check.search("pattern", wanted, check.value) !== false) return
    check.fail("pattern", `found ${showJson(check.value)}, wanted what matches the pattern ${wanted}`, { wanted })
  },
}

function characters(count: number): string {
  return count === 1 ? "1 character" : `${count} characters`
}
