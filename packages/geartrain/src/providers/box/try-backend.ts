import type { Box, ProviderCapabilities } from "@geartrain/ports"
import { GeartrainError, type Network } from "@geartrain/spec"
import { mkdir, rm, writeFile } from "../../system/files.ts"
import { makeTemporaryFolder } from "../../system/temporary-folder.ts"
import type { Backend } from "./backend.ts"
import type { Controller } from "./cgroups/places.ts"
import { offeredConstraints } from "./machine/constraints.ts"
import { makeHostRoot } from "./machine/host-root.ts"
import type { Machine } from "./machine/machine.ts"
import { mayReachOut } from "./outbound.ts"
import type { Workshop } from "./workshop.ts"

/** A squashfs of an empty folder, made by `tar2sqfs -c zstd` from an empty tar, then gzip and base64. */
const EMPTY_SQUASHFS =
  "H4sIAAAAAAACA8soLixmZIABJjDJxiDIEMDEyMDCgAB9ULoNSv+HggQovwFNHAbkGDS26v9VUFgLNNyJheuDJPP///vnTDFirbet/5MsyMDSgKx7FIyCUTAKRsEoGAWjYBSMglEwCkbBKBgFtAAA6lK/6gAQAAA="

/**
 * Finds out what a backend can do here, by doing it: runs `true` in a box, mounts a squashfs, makes a network.
 *
 * @throws {GeartrainError} PROVIDER_FAILED when not even `true` runs.
 */
export async function tryBackend(
  backend: Backend,
  machine: Machine,
  workshop: Workshop,
): Promise<ProviderCapabilities> {
  const folder = await makeTemporaryFolder("geartrain-try-")
  try {
    await runNothing(backend, { folder, workshop, userMapping: backend.userMapping(machine) })
    return capabilitiesOf(backend, machine, {
      networks: await networksOf(workshop),
      roots: (await mountsSquashfs(folder, machine, workshop)) ? ["tree", "squashfs"] : ["tree"],
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/**
 * What a provider offers: what was tried, perhaps another time, and what can be read now. One and the same user has limits in one session and
 * none in another.
 */
export function capabilitiesOf(
  backend: Backend,
  machine: Machine,
  tried: Pick<ProviderCapabilities, "networks" | "roots">,
): ProviderCapabilities {
  const has = (controller: Controller): boolean =>
    machine.places.some(({ controllers }) => controllers.includes(controller))
  return {
    networks: tried.networks,
    limits: [
      ...(has("memory") ? (["memory"] as const) : []),
      ...(has("cpu") ? (["cpu"] as const) : []),
      ...(has("pids") ? (["processes"] as const) : []),
      "file-size",
    ],
    roots: tried.roots,
    rootless: machine.userNamespace,
    userMapping: backend.userMapping(machine),
    measures: has("memory") ? "cgroup" : "sampled",
    constraints: offeredConstraints(),
    around: true,
  }
}

async function runNothing(
  backend: Backend,
  where: { readonly folder: string; readonly workshop: Workshop; readonly userMapping: "full" | "single" },
): Promise<void> {
  const { folder, workshop, userMapping } = where
  await mkdir(`${folder}/root`)
  await mkdir(`${folder}/box`)
  const box: Box = {
    id: "try",
    folder: `${folder}/box`,
    root: { form: "tree", path: `${folder}/root` },
    mounts: await makeHostRoot(`${folder}/root`),
    command: ["true"],
    environment: { PATH: "/usr/bin:/bin" },
    workingFolder: "/",
    uid: 0,
    gid: 0,
    network: "none",
    streams: "captured",
  }
  const container = await workshop.start(box, userMapping)
  try {
    const words = await lastOf(container.stderr)
    const exit = await container.wait()
    if (exit.code === 0) return
    throw new GeartrainError(
      "PROVIDER_FAILED",
      `Cannot run "true" with ${backend.name}: it ended with ${exit.code}: ${words}`,
    )
  } finally {
    await container.delete()
  }
}

async function lastOf(stream: AsyncIterable<Uint8Array>): Promise<string> {
  let text = ""
  for await (const piece of stream) text = (text + Buffer.from(piece).toString("utf8")).slice(-1000)
  return text.trim()
}

async function networksOf(workshop: Workshop): Promise<readonly Network[]> {
  if (!mayReachOut()) return ["none"]
  try {
    await workshop.tryNetwork()
    return ["none", "outbound"]
  } catch {
    // It is there and does not work: then it is not offered.
    return ["none"]
  }
}

async function mountsSquashfs(folder: string, machine: Machine, workshop: Workshop): Promise<boolean> {
  // The kernel lets nobody else mount a file system from a file.
  if (!machine.isMachineRoot) return false
  const path = `${folder}/empty.squashfs`
  // It is only tried where that was never done: whoever starts a box pays nothing for it.
  const { gunzipSync } = await import("node:zlib")
  await writeFile(path, gunzipSync(Buffer.from(EMPTY_SQUASHFS, "base64")))
  return workshop.canMount({ form: "squashfs", path })
}
