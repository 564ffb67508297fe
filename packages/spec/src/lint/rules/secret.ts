import { memberOf } from "../../json/json-kind.ts"
import type { ManifestRule } from "../lint-rule.ts"
import { soundsSecret } from "./sounds-secret.ts"

/** Config values that are secrets by their name. */
export const secretRule: ManifestRule = {
  id: "manifest/secret",
  severity: "warning",
  finds: "A config value of type string that is a secret by its name, such as `password` or `api_token`",
  why: "Config is kept with every job for ever, shown to whoever may see the job, and handed to the process as FW_CONFIG_* besides.",
  check: (manifest, finder) => {
    for (const [name, item] of Object.entries(manifest.config)) {
      if (memberOf(item, "type") !== "string" || Object.hasOwn(item, "enum") || !soundsSecret(name)) continue
      finder.atKey(["config", name], {
        keyword: "secret",
        problem: `"${name}" sounds like a secret, and config is kept with every job and shown to who may see it`,
        fix: 'Take it as a secret of "custom.geartrain", as a file, or as an input of base "api-key"',
        severity: "warning",
      })
    }
  },
}
