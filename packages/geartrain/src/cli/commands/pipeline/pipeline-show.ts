import type { JsonObject } from "@geartrain/spec"
import type { DatumRecord } from "../../../workflows/pipelines/datums/datum-record.ts"
import type { Commit } from "../../../workflows/pipelines/folders/commit.ts"
import type { Command, Context } from "../../command.ts"
import { formatCount, formatSize, formatTime } from "../../output/amounts.ts"
import { escapeText } from "../../output/escape-text.ts"
import { countsLine, datumLine, describeOrigin, MOST_TOLD } from "../../workflow/pipeline/datum-lines.ts"
import { findCommit } from "../../workflow/pipeline/pipeline-word.ts"

export const pipelineShowCommand: Command = {
  name: "pipeline show",
  arguments: [{ name: "NAME", says: "A pipeline, or what one reads: ./folder, or a name of gear pipeline ls" }],
  flags: {
    commit: { type: "text", value: "N", says: "This commit. Default: the newest" },
    files: { type: "switch", says: "List its files, with their digests" },
  },
  examples: [
    { command: "gear pipeline show count", says: "What its newest commit was made of, and what became of each datum" },
    { command: "gear pipeline show count --commit 3 --files", says: "What was in commit 3" },
  ],
  exits: "answer",
  run: async (context, given) => {
    const [{ openCommits }, { mergeOutputs }] = await Promise.all([
      import("../../../compose/pipelines/open-pipelines.ts"),
      import("../../../workflows/pipelines/run/merge-outputs.ts"),
    ])
    const store = openCommits(context.settings())
    const { of, commit } = await findCommit(given.words[0] ?? "", given.text("commit"), store)
    const isOutput = of.kind === "outputs"
    const datums = isOutput ? await store.datums(of, commit.number) : []
    const files = isOutput ? mergeOutputs(datums) : await store.files(of, commit.number)
    for (const line of headLines(commit)) context.reply.print(line)
    if (given.has("files") || !isOutput) {
      for (const { digest, sizeBytes, path, archive } of files) {
        const version = archive === undefined ? "" : `  version ${archive.version}`
        context.reply.print(`${digest}  ${formatSize(sizeBytes).padStart(9)}  ${escapeText(path)}${version}`)
      }
    } else tellDatums(datums, context)
    return { data: { ...commit, datums, files } as unknown as JsonObject }
  },
}

function headLines({ of, number, id, created, origin, fileCount, sizeBytes }: Commit): readonly string[] {
  const what = `commit ${number} of ${of}, ${formatCount(fileCount, "file")}, ${formatSize(sizeBytes)}`
  const head = [escapeText(what), `id    ${id}`, `made  ${formatTime(created)}`]
  if (origin.kind !== "pipeline") return [...head, `from  ${escapeText(describeOrigin(origin))}`, ""]
  const { gear, config, inputs, counts } = origin
  return [
    ...head,
    `gear  ${escapeText(`${gear.name}@${gear.version}`)}  ${gear.id}`,
    ...(Object.keys(config).length === 0 ? [] : [`with  ${escapeText(JSON.stringify(config))}`]),
    ...inputs.map(
      (input) => `from  ${escapeText(`${input.name}: commit ${input.number} of ${input.of}`)}  ${input.id}`,
    ),
    countsLine(counts),
    "",
  ]
}

function tellDatums(datums: readonly DatumRecord[], { reply, terminal }: Context): void {
  for (const datum of datums.slice(0, MOST_TOLD)) reply.print(datumLine(datum, terminal.out.paint))
  const more = datums.length - MOST_TOLD
  if (more > 0) reply.say(`… and ${formatCount(more, "datum", "datums")} more: --json has all of them`)
}
