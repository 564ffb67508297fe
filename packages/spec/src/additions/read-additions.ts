import { GeartrainError } from "../errors/geartrain-error.ts"
import { isJsonObject, memberOf } from "../json/json-kind.ts"
import { formatPath } from "../json/json-path.ts"
import { findAdditionFaults } from "./find-addition-faults.ts"
import type { AddedTo, GearAdditions } from "./gear-additions.ts"

/** The additions of a manifest for who only shows them: none where they have another form than they should. */
export function shownAdditions(manifest: AddedTo): GearAdditions {
  const hasError = findAdditionFaults(manifest).some(({ severity }) => severity === "error")
  return hasError ? {} : readAdditions(manifest)
}

/**
 * Reads what a manifest says in `custom.geartrain`; nothing where it says nothing.
 *
 * @throws {GeartrainError} MANIFEST_INVALID for additions that have another form than they should, or speak of what is not there.
 */
export function readAdditions(manifest: AddedTo & { readonly name?: string }): GearAdditions {
  const custom = manifest.custom
  const additions = custom === undefined ? undefined : memberOf(custom, "geartrain")
  if (additions === undefined) return {}
  const errors = findAdditionFaults(manifest).filter(({ severity }) => severity === "error")
  if (errors.length > 0) {
    const lines = errors.slice(0, 20).map(({ path, problem, fix }) => {
      return `  ${formatPath(path)}: ${problem}; ${fix.charAt(0).toLowerCase()}${fix.slice(1)}`
    })
    throw new GeartrainError(
      "MANIFEST_INVALID",
      [`Cannot run gear "${manifest.name ?? ""}": its additions cannot be followed`, ...lines].join("\n"),
      {
        details: { faults: errors.map((fault) => ({ ...fault })) },
        hint: "Mend custom.geartrain in its manifest: gear schema gear-additions",
      },
    )
  }
  // The rules are those of the type, and were kept.
  return isJsonObject(additions) ? (additions as GearAdditions) : {}
}
