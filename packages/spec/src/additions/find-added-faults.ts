import { findInvocationFaults } from "../invocation/check-invocation.ts"
import type { Invocation, InvocationInput } from "../invocation/invocation.ts"
import type { InvocationFault } from "../invocation/invocation-fault.ts"
import type { JsonObject } from "../json/json-value.ts"
import type { GearManifest } from "../manifest/gear-manifest.ts"
import type { GearAdditions } from "./gear-additions.ts"

/** What somebody wants to run a gear with that takes more than single files. */
export interface AddedRequest extends Pick<Invocation, "inputs"> {
  readonly manifest: GearManifest
  /** Only the values that were set. */
  readonly config: JsonObject
}

/**
 * All that is wrong with a request, by the gear's manifest and what its additions say of inputs: several files, folders, how many. Secrets are not
 * looked at: whoever asks knows where they would come from.
 */
export function findAddedFaults(request: AddedRequest, additions: GearAdditions): readonly InvocationFault[] {
  const manifest = withoutFolderRules(request.manifest, additions)
  const inputs = checkable(request.inputs, additions)
  return [
    ...findInvocationFaults(manifest, { config: request.config, inputs }),
    ...membersFaults(manifest, request.inputs, additions),
  ]
}

/** The input that a file belongs to, and what it is called in it; one that is an input of its own has no slash in its name. */
function ownerOf(key: string): string {
  const slash = key.indexOf("/")
  return slash === -1 ? key : key.slice(0, slash)
}

/** The inputs as the check wants them: files by their description, of several the first. */
function checkable(
  inputs: Readonly<Record<string, InvocationInput>>,
  additions: GearAdditions,
): Readonly<Record<string, JsonObject>> {
  const checked = new Map<string, JsonObject>()
  for (const [key, input] of Object.entries(inputs)) {
    const name = takesMany(additions, ownerOf(key)) ? ownerOf(key) : key
    if (checked.has(name) || Object.hasOwn(additions.secrets ?? {}, name)) continue
    if (input.base === "file") checked.set(name, takesFolder(additions, name) ? { name } : describe(input))
    else if (input.base === "context") checked.set(name, { ...input })
    else checked.set(name, {})
  }
  return Object.fromEntries(checked)
}

function describe(input: Extract<InvocationInput, { readonly base: "file" }>): JsonObject {
  return { name: input.name, ...input.object }
}

/** A folder is neither of a type nor of a name that files have: what the manifest asks of a single file is not asked of it. */
function withoutFolderRules(manifest: GearManifest, additions: GearAdditions): GearManifest {
  const inputs = Object.entries(manifest.inputs).map(([name, declared]) => {
    if (!takesFolder(additions, name)) return [name, declared]
    const optional = declared["optional"]
    return [name, { base: "file", ...(optional === undefined ? {} : { optional }) }]
  })
  return { ...manifest, inputs: Object.fromEntries(inputs) }
}

function takesMany(additions: GearAdditions, name: string): boolean {
  const takes = ownMember(additions.inputs, name)?.takes
  return takes === "files" || takes === "folder"
}

function takesFolder(additions: GearAdditions, name: string): boolean {
  return ownMember(additions.inputs, name)?.takes === "folder"
}

/** How many files there are, and, of several files, whether each is what the manifest asks for. */
function membersFaults(
  manifest: GearManifest,
  inputs: Readonly<Record<string, InvocationInput>>,
  additions: GearAdditions,
): readonly InvocationFault[] {
  return Object.entries(additions.inputs ?? {}).flatMap(([name, addition]) => {
    if (addition.takes === "file") return []
    const members = Object.entries(inputs).filter(([key]) => key.startsWith(`${name}/`))
    const declared = ownMember(manifest.inputs, name)
    if (members.length === 0 || declared === undefined) return []
    const { atLeast = 1, atMost = Number.POSITIVE_INFINITY, takes } = addition
    const count = countFault({ name, count: members.length }, { atLeast, atMost })
    if (takes === "folder") return count
    const only = { ...manifest, config: {}, inputs: { [name]: declared } }
    // The first is held against the manifest with everything else.
    const others = members
      .slice(1)
      .flatMap(([, input]) =>
        input.base === "file" ? findInvocationFaults(only, { config: {}, inputs: { [name]: describe(input) } }) : [],
      )
    return [...count, ...others]
  })
}

function countFault(
  given: { readonly name: string; readonly count: number },
  wanted: { readonly atLeast: number; readonly atMost: number },
): readonly InvocationFault[] {
  const { name, count } = given
  if (count >= wanted.atLeast && count <= wanted.atMost) return []
  const range = count < wanted.atLeast ? `at least ${wanted.atLeast}` : `at most ${wanted.atMost}`
  return [
    fault(name, "count", {
      problem: `input "${name}" has ${count === 1 ? "1 file" : `${count} files`}, wanted ${range}`,
      fix: `Give ${range}`,
    }),
  ]
}

function fault(name: string, keyword: string, told: Pick<InvocationFault, "problem" | "fix">): InvocationFault {
  return { where: `/inputs/${name}`, path: ["inputs", name], keyword, ...told }
}

function ownMember<Value>(record: Readonly<Record<string, Value>> | undefined, name: string): Value | undefined {
  return record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined
}
