import type { FaultFinder } from "../manifest/fault-finder.ts"
import type { GearManifest } from "../manifest/gear-manifest.ts"
import type { LintSeverity } from "./finding.ts"

/** A rule as data: what `gear lint` prints of it, its reference page and its SARIF entry are made from this. */
export interface LintRule {
  /** `area/word`, stable for ever. */
  readonly id: string
  /** As a rule; a finding says its own. */
  readonly severity: LintSeverity
  /** What it finds, as a short line without full stop. */
  readonly finds: string
  /** Why that is wrong, in whole sentences. */
  readonly why: string
  /** `gear lint --fix` mends some of it. */
  readonly mends?: true
}

/** A rule about a manifest that the specification accepts. */
export interface ManifestRule extends LintRule {
  /** Reports what it finds with the word of its id as keyword. */
  readonly check: (manifest: GearManifest, finder: FaultFinder) => void
}
