import type { ManifestRule } from "../lint-rule.ts"

/** Commands in the template language of the first servers. */
export const commandTemplateRule: ManifestRule = {
  id: "manifest/command-template",
  severity: "warning",
  finds: "{{ }} or {% %} in the command",
  why: "Servers of 2018 filled such templates from the config. Later ones and this one hand the command to bash as it is.",
  check: (manifest, finder) => {
    const [template] = /\{\{.*?\}\}|\{%.*?%\}/.exec(manifest.command ?? "") ?? []
    if (template === undefined) return
    finder.atValue(["command"], {
      keyword: "command-template",
      problem: `bash gets ${template} as it stands: commands are no templates any more`,
      fix: "Read the value from config.json, or from its variable FW_CONFIG_…",
      severity: "warning",
    })
  },
}
