import type { JsonValue } from "@geartrain/spec"
import { asList, asMap, asText, inside, neededText, type Place } from "../place.ts"

/** A command that Pegasus starts beside the workflow, when something happens to it or to a job. */
export interface Hook {
  readonly on: string
  readonly command: string
}

export function readHooks(value: JsonValue | undefined, place: Place): readonly Hook[] {
  if (value === undefined || value === null) return []
  const hooks: Hook[] = []
  for (const [kind, entries] of Object.entries(asMap(value, place))) {
    if (kind.startsWith("x-")) continue
    const within = inside(place, kind)
    for (const [index, entry] of asList(entries, within).entries()) {
      const at = inside(within, index)
      const hook = asMap(entry, at)
      hooks.push({ on: neededText(hook, "_on", at), command: neededText(hook, "cmd", at) })
    }
  }
  return hooks
}

/** Names and values that describe something; text, whatever they are written as. */
export type Metadata = Readonly<Record<string, string>>

export const NO_METADATA: Metadata = {}

export function readMetadata(value: JsonValue | undefined, place: Place): Metadata {
  if (value === undefined || value === null) return NO_METADATA
  const metadata = new Map<string, string>()
  for (const [key, member] of Object.entries(asMap(value, place))) {
    if (key.startsWith("x-")) continue
    metadata.set(key, member === null ? "" : asText(member, inside(place, key)))
  }
  return Object.fromEntries(metadata)
}

/** `checksum: {sha256: …}` of a catalog's entry. */
export function readChecksum(value: JsonValue | undefined, place: Place): string | undefined {
  if (value === undefined || value === null) return undefined
  const checksum = asMap(value, place)
  const sha256 = checksum["sha256"] ?? (checksum["type"] === "sha256" ? checksum["value"] : undefined)
  return sha256 === undefined || sha256 === null ? undefined : asText(sha256, inside(place, "sha256")).toLowerCase()
}
