import type { Box, BoxLimit, ProviderCapabilities } from "@geartrain/ports"
import { GeartrainError } from "@geartrain/spec"
import { existsSync } from "../../system/files.ts"

/**
 * Refuses a box that this provider cannot make, before anything is made.
 *
 * @throws {GeartrainError} CAPABILITY_MISSING when the box asks for what is not offered.
 * @throws {GeartrainError} PROVIDER_FAILED when something that the box names is not there.
 * @throws {RangeError} for what no box may be.
 */
export function checkBox(
  box: Box,
  provider: { readonly name: string; readonly capabilities: ProviderCapabilities },
): void {
  const { capabilities } = provider
  if (!/^[a-z0-9-]{1,64}$/.test(box.id)) throw new RangeError(`A box cannot have the id "${box.id}"`)
  if (box.command[0] === undefined || box.command[0] === "")
    throw new RangeError("The command of a box has at least one word")
  for (const path of [
    box.folder,
    box.root.path,
    box.workingFolder,
    ...box.mounts.flatMap((mount) => [mount.source, mount.target]),
  ])
    checkPath(path)
  for (const limit of limitsOf(box)) if (!capabilities.limits.includes(limit)) refuse(box, provider, `limit "${limit}"`)
  for (const constraint of box.constraints ?? [])
    if (!capabilities.constraints.includes(constraint)) refuse(box, provider, `constraint "${constraint}"`)
  if (box.around !== undefined && !capabilities.around) refuse(box, provider, "a program around the box")
  if (!capabilities.networks.includes(box.network)) refuse(box, provider, `network "${box.network}"`)
  if (!capabilities.roots.includes(box.root.form))
    refuse(box, provider, `root filesystems of the form "${box.root.form}"`)
  for (const path of [box.folder, box.root.path, ...box.mounts.map(({ source }) => source)]) {
    if (existsSync(path)) continue
    throw new GeartrainError("PROVIDER_FAILED", `Cannot make box "${box.id}": "${path}" does not exist`)
  }
}

/** Lines and words are what the helper understands. */
function checkPath(path: string): void {
  if (!path.startsWith("/") || path.includes("\0") || path.includes("\n"))
    throw new RangeError(`A box needs absolute paths without line breaks, not ${JSON.stringify(path)}`)
}

function limitsOf(box: Box): readonly BoxLimit[] {
  const asked: readonly (readonly [BoxLimit, number | undefined])[] = [
    ["memory", box.memoryBytes],
    ["cpu", box.cpuCores],
    ["processes", box.processes],
    ["file-size", box.fileBytes],
  ]
  return asked.filter(([, value]) => value !== undefined).map(([limit]) => limit)
}

function refuse(box: Box, provider: { readonly name: string }, what: string): never {
  throw new GeartrainError(
    "CAPABILITY_MISSING",
    `Cannot make box "${box.id}": provider "${provider.name}" does not offer ${what} on this machine`,
    { details: { provider: provider.name }, hint: "See what the providers can do here: gear doctor" },
  )
}
