import {
  fillDefaults,
  type InvocationFault,
  type InvocationInput,
  invocationError,
  type JsonObject,
} from "@geartrain/spec"
import { findAddedFaults, type GearAdditions } from "@geartrain/spec/additions"
import type { JobRequest } from "../job-request.ts"
import { ownMember } from "./own-member.ts"

/**
 * Holds a request against the gear's manifest and its additions, and answers the config to run with.
 *
 * @throws {GeartrainError} INVOCATION_INVALID, all faults at once.
 */
export function checkRequest(
  request: Pick<JobRequest, "gear" | "config" | "keys">,
  inputs: Readonly<Record<string, InvocationInput>>,
  additions: GearAdditions,
): JsonObject {
  const { manifest } = request.gear
  const faults = [
    ...findAddedFaults({ manifest, config: request.config, inputs }, additions),
    ...secretFaults(request, additions),
  ]
  if (faults.length > 0) throw invocationError(manifest, faults)
  return fillDefaults(manifest, request.config)
}

function secretFaults(request: Pick<JobRequest, "keys">, additions: GearAdditions): readonly InvocationFault[] {
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
