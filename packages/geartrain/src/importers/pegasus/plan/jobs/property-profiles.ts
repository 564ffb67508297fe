import type { Properties } from "../../catalogs/properties.ts"
import { PROFILE_NAMESPACES, type Profiles } from "../../workflow/profiles.ts"

/** Profiles that hold for all jobs: `dagman.retry`, `condor.universe`, `env.PATH`, and `pegasus.` with a profile's key. */
export function profilesOfProperties(properties: Properties): Profiles {
  const profiles: Record<string, Record<string, string>> = {}
  for (const [key, value] of properties) {
    const [namespace = "", ...rest] = key.split(".")
    if (!PROFILE_NAMESPACES.has(namespace) || rest.length === 0) continue
    const within = profiles[namespace] ?? {}
    within[rest.join(".")] = value
    profiles[namespace] = within
  }
  return profiles
}
