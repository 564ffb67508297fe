import type { JobRecord, Usage } from "@geartrain/spec"
import type { CrateEntity } from "../crate.ts"

/** Units of QUDT by what a record measures. @see https://qudt.org/vocab/unit/ */
const MEASURED: Readonly<Partial<Record<keyof Usage, string>>> = {
  wallMs: "MilliSEC",
  cpuMs: "MilliSEC",
  peakMemoryBytes: "BYTE",
  readBytes: "BYTE",
  writtenBytes: "BYTE",
}

/** What a job used, each quantity named by its place in the schema of job records. */
export function usageEntities({ id, usage }: JobRecord): readonly CrateEntity[] {
  if (usage === undefined) return []
  return Object.entries(MEASURED).flatMap(([name, unit]) => {
    const value = usage[name as keyof Usage]
    if (typeof value !== "number") return []
    return [
      {
        "@id": `#usage-${id}-${name}`,
        "@type": "PropertyValue",
        name,
        propertyID: `urn:geartrain:job-record:1#/properties/usage/properties/${name}`,
        unitCode: `https://qudt.org/vocab/unit/${unit}`,
        value: String(Math.round(value)),
      },
    ]
  })
}
