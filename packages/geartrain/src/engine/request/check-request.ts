import {
  checkInvocation,
  findInvocationFaults,
  type GearManifest,
  type InvocationFault,
  type InvocationInput,
  invocationError,
  type JsonObject,
} from "@geartrain/spec"
import type { GearAdditions } from "@geartrain/spec/additions"
import type { JobRequest } from "../job-request.ts"
import { ownMember } from "./own-member.ts"

/**
 * Holds a request against the gear's manifest and its additions, and answers the config to run with.
 *
 * @throws {GeartrainError} INVOCATION_INVALID, all faults at once.
 */
export function checkRequest(
  request: JobRequest,
  inputs: Readonly<Record<string, InvocationInput>>,
  additions: GearAdditions,
): JsonObject {
  const manifest = withoutFolderRules(request.gear.manifest, additions)
  const own = [...membersFaults(manifest, inputs, additions), ...secretFaults(request, additions)]
  const plain = checkable(request, inputs, additions)
  if (own.length === 0) return checkInvocation(manifest, { config: request.config, inputs: plain })
  throw invocationError(manifest, [
    ...findInvocationFaults(manifest, { config: request.config, inputs: plain }),
    ...own,
  ])
}

/** The input that a file belongs to, and what it is called in it; one that is an input of its own has no slash in its name. */
function ownerOf(key: string): string {
  const slash = key.indexOf("/")
  return slash === -1 ? key : key.slice(0, slash)
}

/** The inputs as the check wants them: files by their description, of several the first. */
function checkable(
  request: JobRequest,
  inputs: Readonly<Record<string, InvocationInput>>,
  additions: GearAdditions,
): Readonly<Record<string, JsonObject>> {
  const checked = new Map<string, JsonObject>()
  for (const [key, input] of Object.entries(inputs)) {
    const name = takesMany(additions, ownerOf(key)) ? ownerOf(key) : key
    if (checked.has(name) || Object.hasOwn(additions.secrets ?? {}, name)) continue
    if (input.base === "file") checked.set(name, takesFolder(additions, name) ? { name } : describe(input))
    else if (input.base === "context") checked.set(name, { ...input })
    else checked.set(name, { key: ownMember(request.keys, name) ?? "" })
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

function secretFaults(request: JobRequest, additions: GearAdditions): readonly InvocationFault[] {
  return Object.entries(additions.secrets ?? {}).flatMap(([name, { optional }]) => {
    if (optional === true || ownMember(request.keys, name) !== undefined) return []
    return [
      fault(name, "required", {
        problem: `secret "${name}" is missing`,
        fix: `Give it: --key-file ${name}=PATH or --key-env ${name}=VARIABLE`,
      }),
    ]
  })
}

function fault(name: string, keyword: string, told: Pick<InvocationFault, "problem" | "fix">): InvocationFault {
  return { where: `/inputs/${name}`, path: ["inputs", name], keyword, ...told }
}
