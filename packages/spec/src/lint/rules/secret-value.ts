import { memberOf } from "../../json/json-kind.ts"
import type { ManifestRule } from "../lint-rule.ts"
import { soundsSecret } from "./sounds-secret.ts"

/** Secrets that stand in the manifest itself. */
export const secretValueRule: ManifestRule = {
  id: "manifest/secret-value",
  severity: "error",
  finds: "A secret in the manifest itself: in `environment`, or as a default",
  why: "Everybody who has the gear has the secret, in every copy and every version, and it cannot be called back.",
  check: (manifest, finder) => {
    for (const [name, value] of Object.entries(manifest.environment ?? {})) {
      if (isSecret(name, value)) finder.atValue(["environment", name], told(name))
    }
    for (const [name, item] of Object.entries(manifest.config)) {
      const value = memberOf(item, "default")
      if (typeof value === "string" && isSecret(name, value)) finder.atValue(["config", name, "default"], told(name))
    }
  },
}

/**
 * How well-known secrets begin.
 *
 * @see GitHub and GitLab documentation of token formats; AWS IAM identifiers; RFC 7468
 */
const SHAPES = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /\bgh[pousr]_[A-Za-z0-9]{36}/,
  /\bgithub_pat_[A-Za-z0-9_]{22}/,
  /\bglpat-[A-Za-z0-9_-]{20}/,
  /\bAKIA[A-Z0-9]{16}\b/,
  /\bxox[abpr]-[A-Za-z0-9-]{10}/,
]

/** What people write where a secret would stand. */
const STAND_IN = /^(?:|none|null|changeme|xxx+|\*+|your[ _-].*|<.*>|\$.*|\{\{.*)$/i

/** By its shape; or by its name, where the value looks made by chance: no words, digits among letters. */
function isSecret(name: string, value: string): boolean {
  if (SHAPES.some((shape) => shape.test(value))) return true
  const isRandom = /^[^\s/]{12,}$/.test(value) && /[0-9]/.test(value) && /[A-Za-z]/.test(value)
  return soundsSecret(name) && isRandom && !STAND_IN.test(value)
}

function told(name: string) {
  return {
    keyword: "secret-value",
    problem: `the value of "${name}" looks like a secret, which everybody who has the gear can read`,
    fix: "Remove it, make it invalid where it was issued, and have users give theirs",
  }
}
