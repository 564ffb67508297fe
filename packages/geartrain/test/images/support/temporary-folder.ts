import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** A folder of a test's or a suite's own, removed after it. */
export function temporaryFolder(context: { readonly after: (remove: () => void) => void }): string {
  const folder = mkdtempSync(join(tmpdir(), "geartrain-images-"))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
