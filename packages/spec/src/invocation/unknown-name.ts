import type { GearManifest } from "../manifest/gear-manifest.ts"
import { nearestName } from "../text/did-you-mean.ts"
import { listNames } from "../text/list-words.ts"
import { faultAt, type InvocationFault } from "./invocation-fault.ts"

/** What is said of a name under `config` or `inputs` that the manifest does not know there. */
export function unknownName(manifest: GearManifest, part: "config" | "inputs", name: string): InvocationFault {
  const { word, other, fix } = PARTS[part]
  const known = Object.keys(manifest[part])
  return faultAt([part, name], {
    keyword: "unknown",
    problem: `${word} "${name}" is not known`,
    fix: Object.hasOwn(manifest[other], name) ? fix : suggestion(name, known, part),
  })
}

const PARTS = {
  config: { word: "config", other: "inputs", fix: "Give it as an input" },
  inputs: { word: "input", other: "config", fix: "Set it as config, since it is no input" },
} as const

function suggestion(name: string, known: readonly string[], part: string): string {
  const meant = nearestName(name, known)
  if (meant !== undefined) return `Did you mean "${meant}"?`
  if (known.length === 0) return `Leave it out, since the gear has no ${part}`
  return `Leave it out; there ${known.length === 1 ? "is" : "are"} ${listNames(known)}`
}
