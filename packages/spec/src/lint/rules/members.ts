import { isJsonObject } from "../../json/json-kind.ts"
import type { JsonPath } from "../../json/json-path.ts"
import type { JsonObject } from "../../json/json-value.ts"
import type { FaultFinder } from "../../manifest/fault-finder.ts"
import { nearestName } from "../../text/did-you-mean.ts"
import type { ManifestRule } from "../lint-rule.ts"

/** What the description of a file has. @see Flywheel core v10, the file object of config.json */
const FILE_MEMBERS = [
  "classification",
  "file_id",
  "hash",
  "info",
  "measurements",
  "mimetype",
  "modality",
  "name",
  "origin",
  "size",
  "tags",
  "type",
  "version",
  "zip_member_count",
  "description",
  "optional",
]

/** Reserved members of custom.flywheel. @see Flywheel Gear Spec 0.1.9 and 0.3.0, "Reserved keys" */
const FLYWHEEL_MEMBERS = ["suite", "invalid", "module", "uid", "gid", "show-job", "classification", "private"]

const BUILDER_MEMBERS = ["image", "container", "category"]

/** Members in nearly the right spelling, where the specification looks at none: of files that inputs ask for, and in `custom`. */
export const membersRule: ManifestRule = {
  id: "manifest/misspelt",
  severity: "warning",
  finds: "A member of a file's description, or a reserved member of `custom`, in nearly the right spelling",
  why: "What is not known is passed over: the rule looks as if it held, and does not.",
  mends: true,
  check: (manifest, finder) => {
    for (const [name, input] of Object.entries(manifest.inputs)) {
      if (input.base === "file") report(input, { path: ["inputs", name], known: [...FILE_MEMBERS, "base"] }, finder)
    }
    const { custom } = manifest
    const parts = { flywheel: FLYWHEEL_MEMBERS, "gear-builder": BUILDER_MEMBERS }
    for (const [name, known] of Object.entries(parts)) {
      const part = custom?.[name]
      if (isJsonObject(part)) report(part, { path: ["custom", name], known }, finder)
    }
  },
}

function report(
  object: JsonObject,
  place: { readonly path: JsonPath; readonly known: readonly string[] },
  finder: FaultFinder,
): void {
  for (const name of Object.keys(object)) {
    if (place.known.includes(name)) continue
    const meant = nearestName(name, place.known)
    if (meant === undefined || Object.hasOwn(object, meant)) continue
    finder.atKey([...place.path, name], {
      keyword: "misspelt",
      problem: `"${name}" is not known, and does nothing`,
      fix: `Rename it to "${meant}"`,
      severity: "warning",
    })
  }
}
