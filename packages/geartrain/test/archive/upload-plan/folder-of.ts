import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import type { UploadPlan } from "../../../src/archive/upload-plan/upload-plan.ts"

/** A folder with these files, removed after the test. */
export function folderOf(
  context: { readonly after: (remove: () => void) => void },
  files: Readonly<Record<string, string | Uint8Array>>,
): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "geartrain-upload-")))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(folder, dirname(path)), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
  return folder
}

/** Every planned file by the labels above it, with what it is made of. */
export function filesOf(plan: UploadPlan): Readonly<Record<string, readonly string[]>> {
  const entries = plan.places.flatMap(({ labels, files }) =>
    files.map(({ name, content }) => {
      const paths = content.kind === "file" ? [content.path] : content.members.map(({ source }) => source.path)
      return [[...labels, name].join("/"), paths] as const
    }),
  )
  return Object.fromEntries(entries)
}

/** Every path of the folder that the plan speaks of, planned or left out. */
export function accounts(plan: UploadPlan): readonly string[] {
  return [...Object.values(filesOf(plan)).flat(), ...plan.leftOut.map(({ path }) => path)].toSorted()
}
