import { decodeUtf8, type GearManifest, type LintFinding } from "@geartrain/spec"
import { existsSync } from "../../../system/files.ts"
import { lookAtOnce, readSmallFile } from "../../../system/small-file.ts"
import { imageFindings } from "../image/lint-image.ts"
import type { LintReport } from "../lint-report.ts"
import { lintDockerfile } from "./dockerfile-rules.ts"
import { folderView } from "./folder-view.ts"

/** Names under which builders look for a Dockerfile. @see containerfile(5) */
const DOCKERFILES = ["Containerfile", "Dockerfile", "dockerfile"]
// A Dockerfile of more is made by a program, and for no reader.
const MOST_BYTES = 1024 * 1024

/**
 * Looks a folder of sources through, beside its manifest: what the command starts, and the Dockerfile.
 *
 * @param manifest  The folder's own, where it is one.
 */
export function lintSources(folder: string, manifest: GearManifest | undefined): LintReport {
  const shown = (name: string): string =>
    folder === "." || folder === "./" ? name : `${folder.replace(/\/+$/, "")}/${name}`
  const dockerfile = DOCKERFILES.find((name) => existsSync(`${folder}/${name}`))
  const text = dockerfile === undefined ? undefined : readText(`${folder}/${dockerfile}`)
  const own = manifest === undefined ? [] : sourceFindings(folder, manifest, text)
  const findings = own.map((finding) => ({
    ...finding,
    place: { ...finding.place, file: inFolder(finding.place.file) },
  }))
  function inFolder(path: string): string {
    return shown(path.replace(/^\/flywheel\/v0\//, ""))
  }
  if (dockerfile === undefined || text === undefined) return { files: [], findings, texts: new Map() }
  const file = shown(dockerfile)
  const inDockerfile = lintDockerfile({
    file,
    text,
    hasFile: (name) => /^[\w.-]+$/.test(name) && lookAtOnce(`${folder}/${name}`)?.isFile() === true,
    ...(manifest === undefined ? {} : { manifest }),
  })
  return { files: [file], findings: [...findings, ...inDockerfile], texts: new Map([[file, text]]) }
}

function sourceFindings(
  folder: string,
  manifest: GearManifest,
  dockerfile: string | undefined,
): readonly LintFinding[] {
  const found = imageFindings({ tree: folderView(folder), scope: "sources", manifest })
  // A build that sets modes itself makes up for those of the sources.
  const setsModes = dockerfile !== undefined && /\bchmod\b/.test(dockerfile)
  return setsModes ? found.filter(({ rule }) => rule !== "command/not-executable") : found
}

function readText(path: string): string | undefined {
  if (lookAtOnce(path)?.isFile() !== true) return undefined
  const decoded = decodeUtf8(readSmallFile(path, MOST_BYTES))
  return decoded.ok ? decoded.text : undefined
}
