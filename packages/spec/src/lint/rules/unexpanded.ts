import type { ManifestRule } from "../lint-rule.ts"

/** Variables within variables. */
export const unexpandedRule: ManifestRule = {
  id: "manifest/unexpanded",
  severity: "warning",
  finds: "A variable such as $PATH within a value of `environment`",
  why: "No shell reads the values: the process gets the text $PATH, and not what PATH was.",
  check: (manifest, finder) => {
    for (const [name, value] of Object.entries(manifest.environment ?? {})) {
      const [variable] = /\$(?:\{[A-Za-z_][A-Za-z0-9_]*\}|[A-Za-z][A-Za-z0-9_]+)/.exec(value) ?? []
      if (variable === undefined) continue
      finder.atValue(["environment", name], {
        keyword: "unexpanded",
        problem: `nothing replaces ${variable} in "${name}": the process gets it as it stands there`,
        fix: "Write out what it stands for",
        severity: "warning",
      })
    }
  },
}
