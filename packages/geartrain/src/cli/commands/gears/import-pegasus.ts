import { basename } from "node:path"
import { GeartrainError } from "@geartrain/spec"
import type { CommandResult, Context, Flag, Given } from "../../command.ts"
import { starterName } from "../../init/starter-name.ts"
import { formatCount } from "../../output/amounts.ts"
import { escapeText } from "../../output/escape-text.ts"
import { shellWord } from "../../output/shell-word.ts"

/** Flags of `gear import` that are about workflows of Pegasus'. */
export const PEGASUS_FLAGS = {
  pegasus: {
    type: "switch",
    says: "Take a workflow of Pegasus (format 5.0) over into a folder of gears and a workflow.yaml",
  },
  catalogs: {
    type: "text",
    value: "FILE",
    many: true,
    says: "With --pegasus: a catalog, a file of properties, or a folder of input files, besides those that lie beside the workflow",
    complete: "file",
  },
  image: {
    type: "text",
    value: "[NAME=]IMAGE",
    many: true,
    says: "With --pegasus: what installed programs run in, as a tar, a folder or a reference; or the image of one container or program",
    complete: "file",
  },
  output: {
    type: "text",
    short: "o",
    value: "DIR",
    says: "With --pegasus: the folder to write. Default: as the workflow's file is called",
    complete: "folder",
  },
} as const satisfies Readonly<Record<string, Flag>>

/** A flag that would do nothing is a mistake. */
export function refuseWithoutPegasus(given: Given): void {
  const idle = Object.keys(PEGASUS_FLAGS).find((flag) => given.has(flag))
  if (idle === undefined) return
  throw new GeartrainError("USAGE", `Cannot follow --${idle}: it is about workflows of Pegasus`, {
    hint: "Add --pegasus, or leave it away",
  })
}

/** Takes a workflow of Pegasus' over, and tells what of it was not. */
export async function importPegasusWorkflow(context: Context, given: Given): Promise<CommandResult> {
  const { importPegasus } = await import("../../../compose/importers/import-pegasus.ts")
  const file = given.words[0] ?? ""
  const folder = given.text("output") ?? `${starterName(basename(file).replace(/\.[^.]*$/, ""))}-gears`
  const { base, images } = readImages(given)
  const imported = await importPegasus({
    file,
    catalogs: given.list("catalogs"),
    ...(base === undefined ? {} : { base }),
    images,
    folder,
    settings: context.settings(),
  })
  const { reply } = context
  const refused = imported.rows.filter(({ taken }) => taken === "no")
  reply.print(escapeText(`${folder}/workflow.yaml`))
  reply.say(
    `${formatCount(imported.steps, "step")}, ${formatCount(imported.gears.length, "gear")}; not taken over: ${refused.length}, see ${escapeText(folder)}/taken-over.md`,
  )
  for (const lack of imported.lacking.slice(0, 10)) reply.say(escapeText(lack))
  if (imported.lacking.length > 10) reply.say(`… and ${imported.lacking.length - 10} more`)
  reply.say(`→ gear workflow run ${shellWord(`${folder}/workflow.yaml`)}`)
  return {
    data: {
      folder,
      steps: imported.steps,
      gears: imported.gears.map(({ name, path }) => ({ name, path })),
      takenOver: imported.rows.map(({ what, taken, how }) => ({ what, taken, how })),
    },
  }
}

function readImages(given: Given): { readonly base?: string; readonly images: ReadonlyMap<string, string> } {
  const images = new Map<string, string>()
  let base: string | undefined
  for (const word of given.list("image")) {
    const at = word.indexOf("=")
    if (at > 0 && !word.slice(0, at).includes("/")) images.set(word.slice(0, at), word.slice(at + 1))
    else if (base === undefined) base = word
    else {
      throw new GeartrainError("USAGE", `Cannot take "${word}" for installed programs: "${base}" is there for them`, {
        hint: "Say which container or program it is for: --image NAME=IMAGE",
      })
    }
  }
  return { ...(base === undefined ? {} : { base }), images }
}
