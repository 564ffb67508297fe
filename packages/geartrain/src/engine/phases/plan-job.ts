import type { Provider } from "@geartrain/ports"
import {
  configJson,
  type Gear,
  GeartrainError,
  type Invocation,
  type InvocationDigest,
  invocationDigest,
  type JobId,
  type JobRecord,
  type JsonObject,
  type Limits,
} from "@geartrain/spec"
import type { GearAdditions } from "@geartrain/spec/additions"
import { sha256 } from "../../system/hash.ts"
import { hostFacts } from "../../system/host.ts"
import type { EnginePorts } from "../engine-ports.ts"
import type { Experiment } from "../experiments/experiment.ts"
import type { DevelopmentRoot, JobRequest } from "../job-request.ts"
import { expandInputs } from "../request/expand-inputs.ts"
import { grantLimits, grantNetwork } from "../request/grant-resources.ts"
import { idleValues } from "../request/idle-values.ts"
import { gearForm, makeInvocation } from "../request/make-invocation.ts"
import { wholeFolders } from "../request/whole-folders.ts"
import { isUnchanged, type ReadInput, readInput } from "./read-input.ts"
import type { GearProcess, InputPaths } from "./stage-job.ts"

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
  /** Names of those keys that the gear finds as files. */
  readonly secrets: readonly string[]
  readonly process: GearProcess
  readonly inputs: InputPaths
  readonly readInputs: ReadonlyMap<string, ReadInput>
  /** Folders among the inputs that are mounted whole. */
  readonly wholeFolders: ReadonlyMap<string, string>
  /** Outputs that the manifest promises. */
  readonly promised?: NonNullable<JobRecord["promised"]>
  readonly limits: Limits
  /** Sentences without full stop that the user should read. */
  readonly warnings: readonly string[]
  readonly replayOf?: JobId
  readonly forVerification?: true
  readonly experiment?: Experiment
}

export interface PlanningMeans {
  readonly ports: Pick<EnginePorts, "workFolder" | "inputDigests" | "blobs">
  readonly provider: Pick<Provider, "name" | "capabilities">
  readonly id: JobId
}

/**
 * Checks a request against the gear's manifest and what this machine offers, reads the inputs for their digests, and writes down the invocation.
 *
 * @throws {GeartrainError} INVOCATION_INVALID, all faults at once; CAPABILITY_MISSING; INPUT_… for a file that cannot be read; MANIFEST_INVALID
 *   when the gear may not be run at all. Nothing was written then.
 */
export async function planJob(asked: JobRequest, means: PlanningMeans, signal?: AbortSignal): Promise<JobPlan> {
  const { manifest } = asked.gear
  const form = gearForm(asked.gear)
  const { additions, command } = form
  const network = grantNetwork(asked, command, means.provider)
  const { limits, warnings } = grantLimits(asked, additions.resources ?? {}, {
    provider: means.provider,
    memoryBytes: hostFacts().memoryBytes,
  })
  const request: JobRequest = { ...asked, files: await expandInputs(asked.files, additions) }
  for (const name of Object.keys(request.files)) for (const step of name.split("/")) refuseUnsafeName(step)
  const readInputs = await readAll(request, means.ports, signal)
  const invocation = makeInvocation(request, readInputs, { form, network })
  const { config, inputs } = invocation
  return {
    id: means.id,
    gear: request.gear,
    ...(request.development === undefined ? {} : { development: request.development }),
    invocation,
    invocationDigest: invocationDigest(invocation, sha256),
    configJson: configJson(manifest, {
      config,
      inputs,
      jobId: request.experiment?.seenAs ?? means.id,
      ...(request.keys === undefined ? {} : { keys: request.keys }),
      ...(request.destination === undefined ? {} : { destination: request.destination }),
    }),
    keys: request.keys ?? {},
    secrets: Object.keys(additions.secrets ?? {}).filter((name) => Object.hasOwn(request.keys ?? {}, name)),
    process: { ...command, userMapping: means.provider.capabilities.userMapping },
    inputs: new Map([...readInputs].map(([name, input]) => [name, input.path])),
    readInputs,
    wholeFolders: await wholeFolders(readInputs),
    limits,
    ...(additions.outputs === undefined ? {} : { promised: promisesOf(additions.outputs) }),
    warnings: [...warnings, ...idleValues(request.config, config, additions)],
    ...(request.replayOf === undefined ? {} : { replayOf: request.replayOf }),
    ...(request.forVerification === undefined ? {} : { forVerification: request.forVerification }),
    ...(request.experiment === undefined ? {} : { experiment: request.experiment }),
  }
}

/** What a record keeps of the promises: all but the words. */
function promisesOf(outputs: NonNullable<GearAdditions["outputs"]>): NonNullable<JobRecord["promised"]> {
  return Object.fromEntries(Object.entries(outputs).map(([name, { description: _, ...output }]) => [name, output]))
}

/** A job that repeats another is to prove something, so nothing is recalled for it; what was read for its request need not be read twice. */
async function readAll(
  request: JobRequest,
  { inputDigests, blobs }: Pick<EnginePorts, "inputDigests" | "blobs">,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, ReadInput>> {
  const options = {
    digests: request.replayOf === undefined ? inputDigests : undefined,
    blobs,
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
