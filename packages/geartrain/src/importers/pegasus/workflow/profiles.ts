import type { JsonValue } from "@geartrain/spec"
import { asMap, asText, inside, type Place } from "../place.ts"

/** Keys and values by namespace: `env`, `condor`, `dagman`, `pegasus`, `globus`, `hints`, `selector`. All values are text. */
export type Profiles = Readonly<Record<string, Readonly<Record<string, string>>>>

export const NO_PROFILES: Profiles = {}

/** Those that Pegasus knows. */
export const PROFILE_NAMESPACES: ReadonlySet<string> = new Set([
  "env",
  "condor",
  "dagman",
  "pegasus",
  "globus",
  "hints",
  "selector",
])

/** Reads profiles. A namespace that Pegasus does not know is kept, so that it can be told that it is not followed. */
export function readProfiles(value: JsonValue | undefined, place: Place): Profiles {
  if (value === undefined || value === null) return NO_PROFILES
  // Collected in maps, since `__proto__` may be a name as any other.
  const profiles = new Map<string, Readonly<Record<string, string>>>()
  for (const [namespace, keys] of Object.entries(asMap(value, place))) {
    if (namespace.startsWith("x-") || keys === null) continue
    const within = inside(place, namespace)
    const read = new Map<string, string>()
    for (const [key, member] of Object.entries(asMap(keys, within))) {
      if (key.startsWith("x-")) continue
      read.set(key, member === null ? "" : asText(member, inside(within, key)))
    }
    profiles.set(namespace, Object.fromEntries(read))
  }
  return Object.fromEntries(profiles)
}

/** One value of the first of these that has it: they are given strongest first. */
export function profileOf(layers: readonly Profiles[], namespace: string, key: string): string | undefined {
  for (const layer of layers) {
    const value = layer[namespace]?.[key]
    if (value !== undefined) return value
  }
  return undefined
}

/** All layers in one. @param layers  Strongest first. */
export function mergeProfiles(layers: readonly Profiles[]): Profiles {
  const merged = new Map<string, Readonly<Record<string, string>>>()
  for (const layer of layers.toReversed()) {
    for (const [namespace, keys] of Object.entries(layer)) merged.set(namespace, { ...merged.get(namespace), ...keys })
  }
  return Object.fromEntries(merged)
}
