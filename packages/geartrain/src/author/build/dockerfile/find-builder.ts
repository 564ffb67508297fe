import { GeartrainError } from "@geartrain/spec"
import { findProgram } from "../../../system/linux/find-program.ts"
import { runTool } from "../run-tool.ts"
import { BUILDER_NAMES, BUILDER_PACKAGES, type BuilderName, isBuilderName, probeCommand } from "./commands.ts"
import { readVersion } from "./replies.ts"

/** A builder that works on this machine. */
export interface Builder {
  readonly name: BuilderName
  readonly version: string
}

// A daemon that starts on demand needs some seconds.
const PROBE_MS = 20_000

/**
 * Finds a program that builds Dockerfiles: the one of a name, or the first that works.
 *
 * @param doing  What it is wanted for, such as `build "Dockerfile"`.
 * @throws {GeartrainError} BUILDER_MISSING with what each was refused, and how to install one.
 */
export async function findBuilder(name: string | undefined, doing: string): Promise<Builder> {
  if (name !== undefined && !isBuilderName(name)) {
    throw missing(
      doing,
      [`there is no builder "${name}"; there are ${BUILDER_NAMES.join(", ")}`],
      "Name one of them, or leave --builder away",
    )
  }
  const refusals: string[] = []
  for (const candidate of name === undefined ? BUILDER_NAMES : [name]) {
    const probed = await probe(candidate)
    if (typeof probed !== "string") return probed
    refusals.push(probed)
  }
  const wanted = name ?? "buildah"
  throw missing(
    doing,
    refusals,
    `Install one: apt-get install -y ${isBuilderName(wanted) ? BUILDER_PACKAGES[wanted] : wanted}`,
  )
}

async function probe(name: BuilderName): Promise<Builder | string> {
  if (findProgram(name) === undefined) return `${name} is not installed`
  const { exitCode, lines } = await runTool(probeCommand(name), { timeoutMs: PROBE_MS })
  const version = readVersion(lines.join("\n"))
  if (exitCode === 0 && version !== undefined) return { name, version }
  const said = lines.filter((line) => line.trim() !== "").at(-1) ?? "it does not answer"
  return `${name} does not work: ${said}`
}

function missing(doing: string, refusals: readonly string[], hint: string): GeartrainError {
  return new GeartrainError("BUILDER_MISSING", `Cannot ${doing}: ${refusals.join("; ")}`, {
    details: { refusals: [...refusals] },
    hint,
  })
}
