import type { JsonObject } from "../json/json-value.ts"
import type { GearManifest } from "../manifest/gear-manifest.ts"
import { configEnvironment } from "./config-environment.ts"

/** What a gear finds on its PATH unless its manifest says otherwise. */
export const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/**
 * Makes the whole environment of a gear's process. Nothing of the machine's own environment is in it.
 *
 * Later ones win: PATH, LANG, TZ and HOME; the manifest's `environment`; the `FW_CONFIG_*` variables.
 * LANG and TZ are fixed, since a result must depend neither on the language nor on the time zone of the machine.
 *
 * @param config  The whole config, defaults included.
 * @param home  A folder in the box that the gear may write to.
 */
export function baseEnvironment(
  manifest: GearManifest,
  config: JsonObject,
  home: string,
): Readonly<Record<string, string>> {
  return {
    PATH: DEFAULT_PATH,
    LANG: "C.UTF-8",
    TZ: "UTC",
    HOME: home,
    ...manifest.environment,
    ...configEnvironment(config).variables,
  }
}
