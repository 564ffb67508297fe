import type { GearManifest, LintFinding, LintRule } from "@geartrain/spec"
import { entrypointRule, environmentRule } from "../image/portability/declaration-rules.ts"
import { droppedEnvironment, droppedText } from "../image/portability/dropped-environment.ts"
import { entrypointFault } from "../image/portability/entrypoint.ts"
import { environmentOf, execWords, type Instruction, readDockerfile } from "./read-dockerfile.ts"

/** A Dockerfile, and what lies beside it. */
export interface LintedDockerfile {
  readonly file: string
  readonly text: string
  readonly manifest?: GearManifest
  /** Whether the gear's folder has a file of this name. */
  readonly hasFile: (name: string) => boolean
}

export const BASE_IMAGE_RULE: LintRule = {
  id: "repeat/base-image",
  severity: "note",
  finds: "A FROM whose image has no tag, or the tag `latest`",
  why: "It means another image next month, and the same Dockerfile then makes another gear. A digest means one image for ever, a tag nearly so.",
}

/** What is wrong with a Dockerfile, as far as its text tells. Only the last stage becomes the gear. */
export function lintDockerfile(dockerfile: LintedDockerfile): readonly LintFinding[] {
  const instructions = readDockerfile(dockerfile.text)
  const lastStage = instructions.slice(instructions.findLastIndex(({ name }) => name === "FROM"))
  return [
    ...lintBases(instructions, dockerfile),
    ...lintEnvironment(lastStage, dockerfile),
    ...lintEntrypoints(lastStage, dockerfile),
  ].toSorted((a, b) => (a.place.line ?? 0) - (b.place.line ?? 0))
}

function lintBases(instructions: readonly Instruction[], { file }: LintedDockerfile): readonly LintFinding[] {
  const stages = new Set<string>(["scratch"])
  const findings: LintFinding[] = []
  for (const { name, rest, line } of instructions) {
    if (name !== "FROM") continue
    const [image = "", as, stage] = rest.split(/\s+/).filter((word) => !word.startsWith("--"))
    const tag = /:([\w][\w.-]*)$/.exec(image.split("/").at(-1) ?? "")?.[1]
    const isKnown = stages.has(image) || image.includes("$") || image.includes("@") || IN_A_FILE.test(image)
    if (as?.toLowerCase() === "as" && stage !== undefined) stages.add(stage)
    if (isKnown || (tag !== undefined && tag !== "latest")) continue
    findings.push({
      rule: BASE_IMAGE_RULE.id,
      severity: BASE_IMAGE_RULE.severity,
      place: { file, line },
      message: `FROM ${image} means another image after its next release`,
      fix: "Write its version as a tag, and better its digest: NAME:TAG@sha256:…",
    })
  }
  return findings
}

/** An image that lies in a file changes when the file does, which shows. @see containers-transports(5) */
const IN_A_FILE = /^(?:docker-archive|oci-archive|oci|dir):/

function lintEnvironment(stage: readonly Instruction[], dockerfile: LintedDockerfile): readonly LintFinding[] {
  const { manifest, file } = dockerfile
  if (manifest === undefined) return []
  return stage.flatMap(({ name, rest, line }) => {
    const message = name === "ENV" ? droppedText(droppedEnvironment(environmentOf(rest), manifest)) : undefined
    if (message === undefined) return []
    const fix = 'Repeat it in the manifest\'s "environment"'
    return [{ rule: environmentRule.id, severity: environmentRule.severity, place: { file, line }, message, fix }]
  })
}

/** Each is looked at, though only the last counts: both of a tutorial's may be wrong. */
function lintEntrypoints(stage: readonly Instruction[], dockerfile: LintedDockerfile): readonly LintFinding[] {
  const { file, hasFile } = dockerfile
  return stage.flatMap(({ name, rest, line }) => {
    const words = name === "ENTRYPOINT" || name === "CMD" ? execWords(rest) : undefined
    // The arguments of an ENTRYPOINT may stand in CMD, and are no program then.
    const isArguments = name === "CMD" && stage.some((other) => other.name === "ENTRYPOINT")
    if (words === undefined || isArguments) return []
    const fault = entrypointFault(words, { instruction: name, starts: () => undefined, hasFile })
    if (fault === undefined) return []
    return [{ rule: entrypointRule.id, severity: entrypointRule.severity, place: { file, line }, ...fault }]
  })
}
