import { describeFile, type InvocationInput } from "@geartrain/spec"
import type { GearAdditions } from "@geartrain/spec/additions"
import type { JobRequest } from "../job-request.ts"
import type { ReadInput } from "../phases/read-input.ts"
import { ownMember } from "./own-member.ts"

/** What has to be known of a file to describe it. */
export type DescribedFile = Pick<ReadInput, "name" | "digest" | "sizeBytes">

/** Describes the inputs of a request as its invocation records them. */
export function describeInputs(
  request: Pick<JobRequest, "gear" | "fileNames" | "fileObjects" | "filePlaces" | "contexts" | "keys">,
  files: ReadonlyMap<string, DescribedFile>,
  additions: Pick<GearAdditions, "secrets">,
): Readonly<Record<string, InvocationInput>> {
  const described: [string, InvocationInput][] = []
  for (const [name, file] of files) {
    const fileName = ownMember(request.fileNames, name) ?? file.name
    const hierarchy = ownMember(request.filePlaces, name)
    described.push([
      name,
      {
        base: "file",
        name: fileName,
        digest: file.digest,
        object: describeFile(fileName, file.sizeBytes, ownMember(request.fileObjects, name)),
        ...(hierarchy === undefined ? {} : { hierarchy }),
      },
    ])
  }
  const hasKey = (name: string): boolean => ownMember(request.keys, name) !== undefined
  for (const [name, declared] of Object.entries(request.gear.manifest.inputs)) {
    if (declared.base === "context") {
      const value = ownMember(request.contexts, name)
      described.push([
        name,
        value === undefined ? { base: "context", found: false } : { base: "context", found: true, value },
      ])
    } else if (declared.base === "api-key" && hasKey(name)) described.push([name, { base: "api-key" }])
  }
  const secrets = Object.keys(additions.secrets ?? {}).filter(hasKey)
  return Object.fromEntries([...described, ...secrets.map((name) => [name, { base: "api-key" }] as const)])
}
