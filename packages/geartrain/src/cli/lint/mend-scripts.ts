import type { LintFinding } from "@geartrain/spec"
import { writeAtomically } from "../../system/atomic-write.ts"
import { chmod, readFile, stat } from "../../system/files.ts"

/** Findings about scripts that can be mended where they lie. */
export function mendableScripts(findings: readonly LintFinding[]): readonly LintFinding[] {
  return findings.filter(({ rule }) => rule === "command/crlf" || rule === "command/not-executable")
}

/**
 * Mends scripts of a folder of sources: line ends of Windows, a byte-order mark, and a mode without the right to execute. Nothing else of them is
 * touched, and none is left half-written.
 *
 * @param findings  Those of `mendableScripts`, whose files are paths from here.
 */
export async function mendScripts(findings: readonly LintFinding[]): Promise<void> {
  for (const { rule, place } of findings) {
    const { mode } = await stat(place.file)
    // Whoever may read it may execute it.
    if (rule === "command/not-executable") await chmod(place.file, (mode & 0o7777) | 0o100 | ((mode & 0o444) >> 2))
    else await rewrite(place.file, mode & 0o7777)
  }
}

/** Byte for byte, since a script need not be UTF-8. */
async function rewrite(path: string, mode: number): Promise<void> {
  const text = (await readFile(path))
    .toString("latin1")
    .replace(/^\xef\xbb\xbf/, "")
    .replaceAll("\r\n", "\n")
  await writeAtomically(path, async (file) => {
    await file.writeFile(text, "latin1")
    await file.chmod(mode)
  })
}
