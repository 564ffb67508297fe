import type { JobOwner } from "@geartrain/ports"
import type { Digest, Gear, JobRecord, JobState } from "@geartrain/spec"
import { ownIdentity } from "../../../src/system/host.ts"

/** Records to test with: whole and plausible, with numbers to tell them apart. */

export function digest(number: number): Digest {
  return `sha256:${number.toString(16).padStart(64, "0")}`
}

export function jobId(number: number): string {
  return number.toString(16).padStart(24, "0")
}

export function gear(number: number, changes: Partial<Gear> = {}): Gear {
  return {
    id: digest(0xa000 + number),
    platform: "linux/amd64",
    tree: digest(0xb000 + number),
    manifest: {
      name: `gear-${number}`,
      label: "Gear",
      description: "Does nothing",
      version: "1.0.0",
      author: "The authors",
      license: "Apache-2.0",
      url: "",
      source: "",
      config: {},
      inputs: {},
    },
    origin: { kind: "tar", reference: "/data/gear.tar" },
    entries: 10,
    sizeBytes: 1000,
    imported: "2026-01-02T03:04:05.678Z",
    ...changes,
  }
}

export function job(number: number, changes: Partial<JobRecord> = {}): JobRecord {
  const state: JobState = changes.state ?? "running"
  return {
    format: "geartrain-job/1",
    id: jobId(number),
    state,
    ...(state === "running" ? { phase: "preparing" as const } : {}),
    gear: {
      id: digest(0xa000 + (number % 10)),
      name: `gear-${number % 10}`,
      version: "1.0.0",
      platform: "linux/amd64",
      tree: digest(0xb000 + (number % 10)),
      origin: { kind: "tar", reference: "/data/gear.tar" },
    },
    invocation: {
      format: "geartrain-invocation/1",
      gear: digest(0xa000 + (number % 10)),
      config: { threshold: 0.5, label: "ünï" },
      inputs: {},
      environment: { PATH: "/usr/bin" },
      network: "none",
    },
    invocationDigest: digest(0xc000 + number),
    command: ["./run"],
    inputs: {},
    outputs: [],
    skippedOutputs: [],
    host: { name: "lab", kernel: "6.1", architecture: "x86_64", cpus: 2, memoryBytes: 1 },
    engine: { version: "0.1.0", node: "24.0.0" },
    limits: {},
    created: new Date(Date.UTC(2026, 0, 1) + number * 1000).toISOString(),
    history: [],
    ...changes,
  }
}

export const OWNER: JobOwner = ownIdentity()
