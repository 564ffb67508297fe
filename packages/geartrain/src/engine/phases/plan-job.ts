import type { Provider } from "@geartrain/ports"
import {
  baseEnvironment,
  checkInvocation,
  configJson,
  fileType,
  type Gear,
  type GearCommand,
  GeartrainError,
  gearCommand,
  INVOCATION_FORMAT,
  type Invocation,
  type InvocationDigest,
  type InvocationInput,
  invocationDigest,
  type JobId,
  type JsonObject,
  type Limits,
  mimeType,
  type Network,
} from "@geartrain/spec"
import { sha256 } from "../../system/hash.ts"
import type { EnginePorts } from "../engine-ports.ts"
import type { DevelopmentRoot, JobRequest } from "../job-request.ts"
import { isUnchanged, type ReadInput, readInput } from "./read-input.ts"
import { GEAR_HOME, type GearProcess, type InputPaths } from "./stage-job.ts"

/** A request that was checked: everything is there, allowed and known. */
export interface JobPlan {
  readonly id: JobId
  readonly gear: Gear
  readonly development?: DevelopmentRoot
  readonly invocation: Invocation
  readonly invocationDigest: InvocationDigest
  readonly configJson: JsonObject
  /** Secrets by the name of their input: in no record and no log. */
  readonly keys: Readonly<Record<string, string>>
  readonly process: GearProcess
  readonly inputs: InputPaths
  readonly readInputs: ReadonlyMap<string, ReadInput>
  readonly limits: Limits
  readonly replayOf?: JobId
  readonly forVerification?: true
}

export interface PlanningMeans {
  readonly ports: Pick<EnginePorts, "workFolder" | "inputDigests">
  readonly provider: Pick<Provider, "name" | "capabilities">
  readonly id: JobId
}

/**
 * Checks a request against the gear's manifest and what this machine offers, reads the inputs for their digests, and writes down the invocation.
 *
 * @throws {GeartrainError} INVOCATION_INVALID, all faults at once; CAPABILITY_MISSING; INPUT_… for a file that cannot be read; MANIFEST_INVALID
 *   when the gear may not be run at all. Nothing was written then.
 */
export async function planJob(request: JobRequest, means: PlanningMeans, signal?: AbortSignal): Promise<JobPlan> {
  const { manifest } = request.gear
  const command = gearCommand(manifest)
  const network = grantNetwork(request, command, means.provider)
  refuseLimits(request.limits ?? {}, means.provider)
  for (const name of Object.keys(request.files)) refuseUnsafeName(name)
  const readInputs = await readAll(request, means.ports, signal)
  const inputs = describeInputs(request, readInputs)
  const config = checkInvocation(manifest, { config: request.config, inputs: checkable(request, inputs) })
  const home = command.uid === 0 ? "/root" : GEAR_HOME
  const invocation: Invocation = {
    format: INVOCATION_FORMAT,
    gear: request.gear.id,
    config,
    inputs,
    environment: baseEnvironment(manifest, config, home),
    network,
    ...(request.destination === undefined ? {} : { destination: request.destination }),
  }
  return {
    id: means.id,
    gear: request.gear,
    ...(request.development === undefined ? {} : { development: request.development }),
    invocation,
    invocationDigest: invocationDigest(invocation, sha256),
    configJson: configJson(manifest, {
      config,
      inputs,
      jobId: means.id,
      ...(request.keys === undefined ? {} : { keys: request.keys }),
      ...(request.destination === undefined ? {} : { destination: request.destination }),
    }),
    keys: request.keys ?? {},
    process: command,
    inputs: new Map([...readInputs].map(([name, input]) => [name, input.path])),
    readInputs,
    limits: request.limits ?? {},
    ...(request.replayOf === undefined ? {} : { replayOf: request.replayOf }),
    ...(request.forVerification === undefined ? {} : { forVerification: request.forVerification }),
  }
}

/** A job that repeats another is to prove something, so nothing is recalled for it; what was read for its request need not be read twice. */
async function readAll(
  request: JobRequest,
  { inputDigests }: Pick<EnginePorts, "inputDigests">,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, ReadInput>> {
  const options = {
    digests: request.replayOf === undefined ? inputDigests : undefined,
    ...(signal === undefined ? {} : { signal }),
  }
  const readInputs = new Map<string, ReadInput>()
  for (const [name, path] of Object.entries(request.files)) {
    const known = request.readFiles?.get(name)
    const isKnown = known !== undefined && (await isUnchanged(known))
    readInputs.set(name, isKnown ? known : await readInput(name, path, options))
  }
  return readInputs
}

/** The network is for the manifest to ask for and for the user to grant; neither alone is enough, and a gear is not run with less than it asks for. */
function grantNetwork(request: JobRequest, command: GearCommand, provider: PlanningMeans["provider"]): Network {
  const { name } = request.gear.manifest
  const unknown = command.unknownCapabilities[0]
  if (unknown !== undefined) {
    throw missing(
      `Cannot run gear "${name}": it asks for capability "${unknown}", which nothing here offers`,
      "Run it where that is offered",
    )
  }
  if (request.network === "none") return "none"
  if (request.network === undefined && command.network === "outbound") {
    throw missing(
      `Cannot run gear "${name}": it asks for the network, which is not granted`,
      "Grant it with --network outbound, or run it sealed with --network none",
    )
  }
  if (request.network === undefined) return "none"
  if (command.network === "none") {
    throw missing(
      `Cannot run gear "${name}" with --network outbound: its manifest does not ask for the network`,
      'Add "capabilities": ["networking"] to its manifest, or leave --network away',
    )
  }
  if (provider.capabilities.networks.includes("outbound")) return "outbound"
  throw missing(
    `Cannot run gear "${name}" with --network outbound: provider "${provider.name}" cannot offer it on this machine`,
    "See what it needs: gear doctor",
  )
}

function refuseLimits(limits: Limits, provider: PlanningMeans["provider"]): void {
  const asked = [
    ["memory", limits.memoryBytes, "--memory"],
    ["cpu", limits.cpuCores, "--cpus"],
    ["processes", limits.processes, "--pids"],
  ] as const
  for (const [limit, value, flag] of asked) {
    if (value === undefined || provider.capabilities.limits.includes(limit)) continue
    throw missing(
      `Cannot limit ${limit} with ${flag}: provider "${provider.name}" cannot on this machine`,
      `Leave ${flag} away, or see what it needs: gear doctor`,
    )
  }
}

function missing(message: string, hint: string): GeartrainError {
  return new GeartrainError("CAPABILITY_MISSING", message, { hint })
}

/** An input's name becomes the name of a folder. The specification lets any text be one. */
function refuseUnsafeName(name: string): void {
  const isSafe = name !== "" && name !== "." && name !== ".." && !/[/\0]/.test(name) && Buffer.byteLength(name) <= 255
  if (isSafe) return
  throw new GeartrainError(
    "INPUT_NAME_UNSAFE",
    `Cannot run a gear with input "${name}": the name cannot be that of a folder`,
    {
      details: { input: name },
      hint: "Name the input with letters, digits, - and _ in the gear manifest",
    },
  )
}

function describeInputs(
  request: JobRequest,
  files: ReadonlyMap<string, ReadInput>,
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
  for (const [name, declared] of Object.entries(request.gear.manifest.inputs)) {
    if (declared.base === "context") {
      const value = ownMember(request.contexts, name)
      described.push([
        name,
        value === undefined ? { base: "context", found: false } : { base: "context", found: true, value },
      ])
    } else if (declared.base === "api-key" && ownMember(request.keys, name) !== undefined)
      described.push([name, { base: "api-key" }])
  }
  return Object.fromEntries(described)
}

/** What a file is, by its name and size, under what the caller knows better. */
function describeFile(name: string, sizeBytes: number, known: JsonObject | undefined): JsonObject {
  const type = fileType(name)
  return { ...(type === undefined ? {} : { type }), mimetype: mimeType(name), size: sizeBytes, ...known }
}

/** The inputs as the check wants them: files by their description. */
function checkable(
  request: JobRequest,
  inputs: Readonly<Record<string, InvocationInput>>,
): Readonly<Record<string, JsonObject>> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, input]) => {
      if (input.base === "file") return [name, { name: input.name, ...input.object }]
      if (input.base === "context") return [name, { ...input }]
      return [name, { key: ownMember(request.keys, name) ?? "" }]
    }),
  )
}

function ownMember<Value>(record: Readonly<Record<string, Value>> | undefined, name: string): Value | undefined {
  return record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined
}
