import { findAdditionFaults } from "../../additions/find-addition-faults.ts"
import type { ManifestRule } from "../lint-rule.ts"

/** What is wrong with Geartrain's own additions. */
export const additionRule: ManifestRule = {
  id: "manifest/addition",
  severity: "error",
  finds:
    "Additions in `custom.geartrain` that break their schema, or speak of inputs and values that are not there; a warning where they do nothing",
  why: "Other systems pass over them; here the gear is not run with what cannot be followed.",
  check: (manifest, finder) => {
    for (const { path, isName, problem, fix, severity } of findAdditionFaults(manifest)) {
      const told = { keyword: "addition", problem, fix, severity }
      if (isName) finder.atKey(path, told)
      else finder.atValue(path, told)
    }
  },
}
