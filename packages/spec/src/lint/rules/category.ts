import { isJsonObject, memberOf } from "../../json/json-kind.ts"
import { nearestName } from "../../text/did-you-mean.ts"
import type { ManifestRule } from "../lint-rule.ts"

const CATEGORIES = ["analysis", "classifier", "converter", "qa", "utility"]

/** Categories that catalogues do not have. */
export const categoryRule: ManifestRule = {
  id: "manifest/category",
  severity: "warning",
  finds: "A `custom.gear-builder.category` that catalogues do not have",
  why: "The category decides whether the gear's outputs become an analysis or go beside its inputs, and servers refuse others.",
  check: (manifest, finder) => {
    const builder = manifest.custom?.["gear-builder"]
    const category = isJsonObject(builder) ? memberOf(builder, "category") : undefined
    if (category === undefined || (typeof category === "string" && CATEGORIES.includes(category))) return
    const meant = typeof category === "string" ? nearestName(category, CATEGORIES) : undefined
    finder.atValue(["custom", "gear-builder", "category"], {
      keyword: "category",
      problem: `${JSON.stringify(category).slice(0, 80)} is none of ${CATEGORIES.join(", ")}`,
      fix: `Write "${meant ?? "analysis"}"`,
      severity: "warning",
    })
  },
}
