import { mkdirSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"

/** A manifest that can be built and run. */
export function manifestText(more: Readonly<Record<string, unknown>> = {}): string {
  const manifest = {
    name: "greeter",
    label: "Greeter",
    description: "Says hello",
    version: "1.0.0",
    author: "Geartrain",
    license: "Apache-2.0",
    url: "",
    source: "",
    config: { name: { type: "string", default: "world" } },
    inputs: {},
    ...more,
  }
  return `${JSON.stringify(manifest, undefined, 2)}\n`
}

/** Writes files into a folder; those whose name is run can be executed. */
export function writeFiles(folder: string, files: Readonly<Record<string, string>>): string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text, { mode: path.endsWith("run") ? 0o755 : 0o644 })
  }
  return folder
}

export const RUN = '#!/bin/sh\ngreet "$FW_CONFIG_NAME" > output/greeting.txt\ncat output/greeting.txt\n'
