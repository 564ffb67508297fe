import { mkdir, symlink } from "node:fs/promises"
import { join } from "node:path"
import { type CliHome, openCliHome } from "../cli/cli-home.ts"
import { findHostProgram, makeHostRoot } from "../programs/host-root.ts"

const PROGRAMS = ["sh", "cat", "cp", "ln", "mkdir", "rm", "split", "wc"]
const MISSING = PROGRAMS.filter((name) => findHostProgram(name) === undefined)

/** Why programs of a workflow cannot be run here; false where they can. */
export const PROGRAMS_MISSING: string | false = MISSING.length > 0 ? `needs ${MISSING.join(", ")}` : false

/** Takes a table apart and counts the lines of each part; the count of one has a blank in its name. */
function splitWorkflow(
  folder: string,
  sha256 = "a75e09a74ae27ad52e23a22bf2b9b2b1b0eee3f1bd9f8ce0e5a5ea6e5d0fcd0a",
): string {
  const parts = ["a", "b"]
  const counts = parts.map(
    (part) =>
      `- type: job\n  name: wc\n  id: count_${part}\n  stdout: "count ${part}"\n  arguments: [-l, part.${part}]\n  profiles: {pegasus: {cores: 1, memory: 64}, dagman: {retry: 2}}\n  uses:\n  - {lfn: part.${part}, type: input}\n  - {lfn: "count ${part}", type: output}\n`,
  )
  return `pegasus: "5.0"
name: split
replicaCatalog:
  replicas:
  - lfn: table.csv
    pfns: [{site: local, pfn: "file://${folder}/in.csv"}]
    ${sha256 === "" ? "" : `checksum: {sha256: ${sha256}}`}
transformationCatalog:
  transformations:
  - {name: split, sites: [{name: condorpool, pfn: /usr/bin/split, type: installed}]}
  - {name: wc, sites: [{name: condorpool, pfn: /usr/bin/wc, type: installed}]}
hooks: {shell: [{_on: error, cmd: /bin/mail}]}
jobs:
- type: job
  name: split
  id: split
  arguments: ["-l 2", -a 1, table.csv, part.]
  uses:
  - {lfn: table.csv, type: input}
${parts.map((part) => `  - {lfn: part.${part}, type: output, stageOut: false}\n`).join("")}${counts.join("")}`
}

export interface ImportReply {
  readonly ok: boolean
  readonly error: { readonly code: string } | null
  readonly data: { readonly takenOver: readonly { readonly what: string; readonly taken: string }[] }
}

/** A home with a table, `in.csv`; workflows that take it apart, one of which means another table; and `base`, what their programs run in. */
export async function openPegasusHome(): Promise<CliHome> {
  const home = await openCliHome()
  await home.write("in.csv", "1\n2\n3\n")
  await home.write("workflow.yml", splitWorkflow(home.folder, ""))
  await home.write("wrong.yml", splitWorkflow(home.folder))
  await mkdir(join(home.folder, "base"))
  makeHostRoot(
    join(home.folder, "base"),
    PROGRAMS.map((name) => ({ path: findHostProgram(name) ?? name, name })),
  )
  await symlink("/usr/bin/sh", join(home.folder, "base/bin/sh"))
  return home
}
