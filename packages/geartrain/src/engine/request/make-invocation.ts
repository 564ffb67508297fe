import {
  baseEnvironment,
  type Gear,
  type GearCommand,
  gearCommand,
  INVOCATION_FORMAT,
  type Invocation,
  type Network,
} from "@geartrain/spec"
import { type GearAdditions, readAdditions } from "@geartrain/spec/additions"
import { heldEnvironment } from "../experiments/experiment.ts"
import type { JobRequest } from "../job-request.ts"
import { GEAR_HOME } from "../phases/stage-job.ts"
import { checkRequest } from "./check-request.ts"
import { type DescribedFile, describeInputs } from "./describe-inputs.ts"

/** What the invocations of one gear have in common: whoever makes thousands of them reads its manifest once. */
export interface GearForm {
  readonly additions: GearAdditions
  readonly command: GearCommand
  /** Home of the gear's process, in the box. */
  readonly home: string
}

/** @throws {GeartrainError} MANIFEST_INVALID when the gear may not be run at all. */
export function gearForm({ manifest }: Pick<Gear, "manifest">): GearForm {
  const additions = readAdditions(manifest)
  const command = gearCommand(manifest)
  return { additions, command, home: command.uid === 0 ? "/root" : GEAR_HOME }
}

/** What is asked for, apart from where its files lie and what it may use. */
export type InvocationOrder = Omit<JobRequest, "files" | "readFiles" | "limits">

/**
 * Writes down the invocation that a request comes to: everything that decides its outcome. Nothing is read: the files are known by digest.
 *
 * @param files  Each by the name of its input; of an input that takes several, `input/path`.
 * @param means.network  What was granted.
 * @throws {GeartrainError} INVOCATION_INVALID, all faults at once.
 */
export function makeInvocation(
  request: InvocationOrder,
  files: ReadonlyMap<string, DescribedFile>,
  means: { readonly form: GearForm; readonly network: Network },
): Invocation {
  const { additions, home } = means.form
  const inputs = describeInputs(request, files, additions)
  const config = checkRequest(request, inputs, additions)
  return {
    format: INVOCATION_FORMAT,
    gear: request.gear.id,
    config,
    inputs,
    environment: heldEnvironment(baseEnvironment(request.gear.manifest, config, home), request.experiment),
    network: means.network,
    ...(request.destination === undefined ? {} : { destination: request.destination }),
  }
}
