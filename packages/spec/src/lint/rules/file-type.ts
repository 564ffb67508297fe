import { fileTypeNames } from "../../files/file-type.ts"
import { isJsonArray, isJsonObject, memberOf } from "../../json/json-kind.ts"
import { nearestName } from "../../text/did-you-mean.ts"
import type { ManifestRule } from "../lint-rule.ts"

/** File types in nearly the spelling that files have. */
export const fileTypeRule: ManifestRule = {
  id: "manifest/file-type",
  severity: "warning",
  finds: "A file type in nearly the spelling that files have, such as `NIfTI` for `nifti`",
  why: "Types are compared letter by letter: no file fits the input, and none is ever offered for it.",
  mends: true,
  check: (manifest, finder) => {
    const known = fileTypeNames()
    for (const [name, input] of Object.entries(manifest.inputs)) {
      const type = input.base === "file" ? memberOf(input, "type") : undefined
      const types = isJsonObject(type) ? memberOf(type, "enum") : undefined
      if (!isJsonArray(types)) continue
      for (const [index, asked] of types.entries()) {
        if (typeof asked !== "string" || known.includes(asked)) continue
        const meant = nearestName(asked, known)
        // Short words are alike by chance: pdb is no pdf.
        if (meant === undefined || (asked.length < SHORTEST_MISSPELT && fold(asked) !== fold(meant))) continue
        const isFree = !types.includes(meant)
        finder.atValue(["inputs", name, "type", "enum", index], {
          keyword: "file-type",
          problem: `no file has the type ${JSON.stringify(asked)}; there is "${meant}"`,
          fix: isFree ? `Write "${meant}"` : "Remove it",
          severity: "warning",
          // A type of the same letters is the same word; one that is only alike may be a site's own.
          ...(isFree && fold(meant) === fold(asked) ? { mend: { kind: "replace", value: meant } } : {}),
        })
      }
    }
  },
}

const SHORTEST_MISSPELT = 6

function fold(word: string): string {
  return word.toLowerCase().replaceAll(/[-_ ]/g, "")
}
