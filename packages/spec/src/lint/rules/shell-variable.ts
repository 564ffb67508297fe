import type { ManifestRule } from "../lint-rule.ts"

/** What a shell keeps for itself, and people paste along with the rest of their environment. */
const OF_THE_SHELL = ["HOSTNAME", "OLDPWD", "PWD", "SHLVL", "TERM", "_"]

/** Variables of the shell that the environment was copied from. */
export const shellVariableRule: ManifestRule = {
  id: "manifest/shell-variable",
  severity: "note",
  finds: "HOSTNAME, PWD, OLDPWD, SHLVL, TERM or _ in `environment`",
  why: "They tell of the shell that the environment was copied from, and of nothing in the gear. Each is part of the gear's identity all the same.",
  check: (manifest, finder) => {
    for (const name of Object.keys(manifest.environment ?? {})) {
      if (!OF_THE_SHELL.includes(name)) continue
      finder.atKey(["environment", name], {
        keyword: "shell-variable",
        problem: `"${name}" is left over from the shell that the environment was copied from`,
        fix: "Remove it",
      })
    }
  },
}
