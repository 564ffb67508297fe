import { GeartrainError, type JsonObject } from "@geartrain/spec"
import type { BuildWish, BuiltGear } from "../../../compose/gears/build-gear.ts"
import type { Engine } from "../../../compose/open-engine.ts"
import type { Command, CommandResult, Context, Given } from "../../command.ts"
import { formatCount, formatSize } from "../../output/amounts.ts"
import { escapeText } from "../../output/escape-text.ts"
import { shellWord } from "../../output/shell-word.ts"
import { changeLines, changesData, changesOf, type GearChanges } from "../../pages/change-lines.ts"
import { watchInterrupts } from "../../run/interrupts.ts"
import { readNetwork } from "../../run/job-flags.ts"
import { buildProgress } from "./open-tested.ts"

export const buildCommand: Command = {
  name: "build",
  arguments: [
    {
      name: "DIR",
      says: "Folder with gear.yaml or a Dockerfile, or a whole root filesystem. Default: this one",
      optional: true,
      complete: "folder",
    },
  ],
  flags: {
    file: {
      type: "text",
      value: "FILE",
      says: "The Dockerfile or recipe to build, from where you are",
      complete: "file",
    },
    builder: {
      type: "text",
      value: "NAME",
      says: "What builds it: docker, podman or buildah. Default: the first that works; mmdebstrap for a recipe",
      complete: ["docker", "podman", "buildah", "mmdebstrap"],
    },
    tag: { type: "text", value: "NAME@VERSION", says: "Another reference that is to point to the gear" },
    network: {
      type: "text",
      value: "none|outbound",
      says: "Whether the steps of a Dockerfile reach the network. Default: outbound. With none, nothing is pulled either",
      complete: ["none", "outbound"],
    },
    "no-cache": { type: "switch", says: "Build everything anew, also what has not changed" },
    "image-env": { type: "switch", says: "Take the ENV of a Dockerfile over into the gear's manifest" },
    force: {
      type: "switch",
      says: "Give the name and version of another gear to this one, and build in spite of faults in the manifest that can be lived with",
    },
  },
  examples: [
    { command: "gear build", says: "Build what this folder has: gear.yaml, a Dockerfile, or a root filesystem" },
    { command: "gear build examples/lambda-variants", says: "Build another folder" },
    {
      command: "gear build --file Dockerfile --builder buildah --network none",
      says: "A Dockerfile, without any network",
    },
  ],
  notes: [
    "When nothing has changed, nothing is built: that is told by the bytes of the files, never by their times. A base image whose tag moved elsewhere does not show; --no-cache looks.",
    "No input, no key and no variable of yours reaches a build. While you work on a version, each build of the same source moves it; any other gear keeps its name and version.",
  ],
  exits: "answer",
  run: async (context, given) => {
    const [{ openEngine }, { buildGear }] = await Promise.all([
      import("../../../compose/open-engine.ts"),
      import("../../../compose/gears/build-gear.ts"),
    ])
    const engine = await openEngine(context.settings(), { write: true })
    const interrupts = watchInterrupts(() => context.reply.say("stopping the build"))
    try {
      const wish = readWish(given)
      const progress = buildProgress(context, interrupts.signal)
      const built = await buildGear(wish, engine, { settings: context.settings(), progress })
      return tell(context, built, await changesSince(built, engine))
    } catch (error) {
      throw interrupts.explain(error)
    } finally {
      interrupts.end()
      await engine.close()
    }
  },
}

function readWish(given: Given): BuildWish {
  const file = given.text("file")
  const builder = given.text("builder")
  const tag = given.text("tag")
  return {
    folder: given.words[0] ?? ".",
    network: readNetwork(given) ?? "outbound",
    fresh: given.has("no-cache"),
    force: given.has("force"),
    imageEnv: given.has("image-env"),
    ...(file === undefined ? {} : { file }),
    ...(builder === undefined ? {} : { builder }),
    ...(tag === undefined ? {} : { tag: readTag(tag) }),
  }
}

/** As docker writes it, with a colon, it is understood too. */
function readTag(text: string): string {
  const found = /^([a-z0-9-]{1,100})[@:]([\w.+-]{1,100})$/.exec(text)
  if (found !== null) return `${found[1]}@${found[2]}`
  throw new GeartrainError("USAGE", `Cannot read --tag "${text}": it has to be a name and a version`, {
    details: { text },
    hint: "Write it as --tag my-gear@1.0.0",
  })
}

/** Nothing for the first build of a name; nothing has changed where it is the same gear. */
async function changesSince({ before, gear }: BuiltGear, engine: Engine): Promise<GearChanges | undefined> {
  if (before === undefined || before.id === gear.id) return undefined
  const [old, now] = await Promise.all([
    engine.stores.roots.listing(before.tree),
    engine.stores.roots.listing(gear.tree),
  ])
  if (old === undefined || now === undefined) return changesOf(before, gear, undefined)
  const { compareTrees } = await import("../../../provenance/trees/compare-trees.ts")
  return changesOf(before, gear, await compareTrees(old, now))
}

function tell(context: Context, built: BuiltGear, changes: GearChanges | undefined): CommandResult {
  const { reply, options, terminal } = context
  const { gear, reference, skipped, before, plan } = built
  for (const warning of [...built.warnings, ...environmentWarning(built)]) reply.warn(escapeText(warning))
  if (options.quiet) reply.print(gear.id)
  else {
    reply.print(`${terminal.out.paint.bold(escapeText(reference))}  ${reply.id(gear.id)}`)
    reply.say(`${formatSize(gear.sizeBytes)} in ${formatCount(gear.entries, "entry", "entries")}`)
    if (skipped) reply.say("nothing has changed, so nothing was built")
    else if (before?.id === gear.id) reply.say("the same gear as the last build of this name")
    else if (changes !== undefined) {
      reply.say(`since the last build of ${escapeText(gear.manifest.name)}, ${reply.id(before?.id ?? "")}:`)
      for (const line of changeLines(changes)) reply.say(`  ${line}`)
    }
    if (!skipped) for (const note of plan.notes) reply.say(`note: ${escapeText(note)}`)
    reply.say(`→ gear run ${shellWord(reference)} --help`)
  }
  const data: JsonObject = {
    id: gear.id,
    reference,
    kind: plan.kind,
    source: plan.source,
    builder: plan.builder === undefined ? null : { ...plan.builder },
    skipped,
    before: before?.id ?? null,
    changes: changes === undefined ? null : changesData(changes),
    tree: gear.tree,
    platform: gear.platform,
    sizeBytes: gear.sizeBytes,
    entries: gear.entries,
    warnings: [...built.warnings, ...environmentWarning(built)],
    notes: [...plan.notes],
  }
  return { data }
}

/** Variables that every image has, or that no gear has any use for. */
const USUAL = new Set(["PATH", "HOME", "HOSTNAME", "TERM", "container", "DEBIAN_FRONTEND"])

/** The classic surprise: a Dockerfile's ENV is no part of a root filesystem, so it never reaches the gear. */
function environmentWarning({ gear }: BuiltGear): readonly string[] {
  const lost = (gear.image?.env ?? [])
    .map((pair) => pair.split("=")[0] ?? "")
    .filter((name) => !USUAL.has(name) && !Object.hasOwn(gear.manifest.environment ?? {}, name))
  if (lost.length === 0) return []
  return [
    `the image sets ${lost.join(", ")}, which a gear gets from its manifest only: gear build --image-env takes it over`,
  ]
}
