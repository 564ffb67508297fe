import { join } from "node:path"
import type { GearClient } from "@geartrain/sdk/client"
import type { DownloadedFile, FileFilter } from "../../../archive/transfer/download/download-tree.ts"
import type { FoundPlace } from "../../../archive/transfer/look-up.ts"
import type { ServerFile } from "../../../archive/transfer/server-file.ts"
import { existsSync, lstat, mkdir } from "../../../system/files.ts"
import { usage } from "../../arguments/parse-arguments.ts"
import type { Command, CommandResult, Context, Given } from "../../command.ts"
import { formatCount, formatSize } from "../../output/amounts.ts"
import { escapeText } from "../../output/escape-text.ts"
import { createProgressLine } from "../../output/progress-line.ts"
import { interruptible } from "../../run/interrupts.ts"
import { type ReportedFile, tellDownload } from "../../server/download-report.ts"
import { SERVER_FLAG } from "../../server/server-flag.ts"

export const downloadCommand: Command = {
  name: "download",
  arguments: [
    {
      name: "PLACE",
      says: "group/project/…, with all below it; a file, group/project/…/files/NAME; the id of a place; or job:ID, for all that a job put out",
    },
  ],
  flags: {
    output: {
      type: "text",
      short: "o",
      value: "PATH",
      says: "Folder or file to write; - for standard output. Default: the name of what is downloaded, here",
      complete: "file",
    },
    name: { type: "text", value: "GLOB", says: "Only files of this name, with * and ?" },
    type: { type: "text", value: "TYPE", says: "Only files of this type, such as nifti" },
    tag: { type: "text", value: "TAG", says: "Only files with this tag" },
    as: {
      type: "text",
      value: "PACKING",
      says: "One archive instead of a folder: tar or zip",
      complete: ["tar", "zip"],
    },
    force: { type: "switch", says: "Write over what is there and has other content" },
    ...SERVER_FLAG,
  },
  examples: [
    {
      command: "gear download lab/memory -o memory",
      says: "All files of a project, in folders by subject, session and acquisition",
    },
    { command: "gear download lab/memory --type nifti --name '*T1w*'", says: "Some of them" },
    {
      command: "gear download lab/memory/sub-01/ses-01/T1w/files/t1.nii.gz -o -",
      says: "One file, to standard output",
    },
    {
      command: "gear download lab/memory -o memory.tar",
      says: "One archive, with the digests of all files at its end",
    },
    {
      command: "gear download job:latest -o results",
      says: "All that the newest job put out, also in folders, or before it failed",
    },
  ],
  notes: [
    "Each file appears whole and with its digest, or not at all. The same command again fetches only what is missing, and goes on in the middle of a file; an archive begins again.",
    "What a job put out in folders, or before it failed, is in no place: it stays with the job, and job:ID fetches it, where ID may be the beginning of one, or latest.",
    "What is there with other content is left alone, and counted as failed, unless --force is given. Names of anybody's cannot lead out of the folder.",
  ],
  exits: "answer",
  exitNotes: { 0: "every file that was asked for is here" },
  run: async (context, given) => {
    const [{ connectServer }, { lookUp }] = await Promise.all([
      import("../../server/connect.ts"),
      import("../../../archive/transfer/look-up.ts"),
    ])
    const client = await connectServer(context.settings(), given)
    const [path = ""] = given.words
    const stopping = (): void => context.reply.say("stopping; the same command goes on where it was")
    if (path.startsWith("job:")) {
      const job = path.slice("job:".length)
      return interruptible(stopping, ({ signal }) => downloadJob({ context, given, client, signal }, job))
    }
    const found = await lookUp(client, path)
    return interruptible(stopping, ({ signal }) => {
      const order: Order = { context, given, client, signal }
      if (found.kind === "file") return downloadOne(order, found.file)
      if (found.kind === "place") return downloadPlace(order, found.place)
      throw usage(downloadCommand, `Cannot download "${path}": it is a group`, {
        hint: `List its projects: gear ls ${path} --server`,
      })
    })
  },
}

interface Order {
  readonly context: Context
  readonly given: Given
  readonly client: GearClient
  readonly signal: AbortSignal
}

async function downloadOne(order: Order, file: ServerFile): Promise<CommandResult> {
  const { context, given, client, signal } = order
  if (["name", "type", "tag", "as"].some((flag) => given.has(flag)))
    throw usage(downloadCommand, "Cannot choose among files: one is named", {
      hint: "Leave --name, --type, --tag and --as away",
    })
  const wish = given.text("output")
  if (wish === "-") {
    refuseTerminal(context)
    const { printContent } = await import("../../../archive/transfer/download/print-content.ts")
    await printContent(client, file, signal)
    return {}
  }
  const { downloadFile, localName } = await import("../../../archive/transfer/download/download-file.ts")
  const isFolder = wish !== undefined && (wish.endsWith("/") || (await isFolderAt(wish)))
  const path = isFolder ? join(wish, localName(file.name)) : (wish ?? `./${localName(file.name)}`)
  const progress = createProgressLine(context.terminal.err, { files: 1, sizeBytes: file.sizeBytes }, context.options)
  try {
    const outcome = await downloadFile(file, path, {
      ...{ client, signal, force: given.has("force") },
      onBytes: progress.bytes,
    })
    progress.end()
    context.reply.print(escapeText(path))
    context.reply.say(outcome === "there" ? "was there already" : formatSize(file.sizeBytes))
    return {
      data: { path, outcome, id: file.id, version: file.version, digest: file.digest, sizeBytes: file.sizeBytes },
    }
  } finally {
    progress.end()
  }
}

async function isFolderAt(path: string): Promise<boolean> {
  return existsSync(path) && (await lstat(join(path, "."))).isDirectory()
}

async function downloadPlace(order: Order, place: FoundPlace): Promise<CommandResult> {
  const { context, given, client, signal } = order
  const filter = filterOf(given)
  const [{ downloadArchive, selectFiles }, { localName, outputExists }] = await Promise.all([
    import("../../../archive/transfer/download/download-archive.ts"),
    import("../../../archive/transfer/download/download-file.ts"),
  ])
  const selected = await selectFiles(client, place.id, filter)
  const wish = given.text("output")
  const format = formatOf(given)
  const total = { files: selected.files, sizeBytes: selected.bytes }
  const progress = createProgressLine(context.terminal.err, total, context.options)
  try {
    if (format === undefined)
      return await downloadFolder(order, place, { folder: wish ?? localName(place.label), total, progress })
    const to = wish ?? `${localName(place.label)}.${format}`
    if (to === "-") refuseTerminal(context)
    if (to !== "-" && existsSync(to) && !given.has("force")) throw outputExists(to)
    await downloadArchive(client, { ticket: selected.ticket, format, to }, { signal, onBytes: progress.bytes })
    progress.end()
    if (to === "-") return {}
    context.reply.print(escapeText(to))
    context.reply.say(`${formatCount(selected.files, "file")}, ${formatSize(selected.bytes)}`)
    return { data: { path: to, files: selected.files, sizeBytes: selected.bytes } }
  } finally {
    progress.end()
  }
}

function filterOf(given: Given): FileFilter {
  const [name, type, tag] = [given.text("name"), given.text("type"), given.text("tag")]
  return {
    ...(name === undefined ? {} : { name }),
    ...(type === undefined ? {} : { type }),
    ...(tag === undefined ? {} : { tag }),
  }
}

async function downloadJob(order: Order, word: string): Promise<CommandResult> {
  const { context, given, client, signal } = order
  if (["name", "type", "tag", "as"].some((flag) => given.has(flag)))
    throw usage(downloadCommand, "Cannot choose among the outputs of a job: all of them come, into a folder", {
      hint: "Leave --name, --type, --tag and --as away",
    })
  const [{ findServerJob }, { downloadOutputs }] = await Promise.all([
    import("../../server/find-job.ts"),
    import("../../../archive/transfer/download/download-outputs.ts"),
  ])
  const { id, outputs } = await findServerJob(client, word)
  const folder = given.text("output") ?? `job-${id}`
  const sizeBytes = outputs.reduce((sum, output) => sum + output.sizeBytes, 0)
  const progress = createProgressLine(context.terminal.err, { files: outputs.length, sizeBytes }, context.options)
  const files: ReportedFile[] = []
  try {
    await mkdir(folder, { recursive: true })
    const wish = { signal, force: given.has("force"), onBytes: progress.bytes }
    await downloadOutputs(
      client,
      { job: id, folder, outputs },
      {
        ...wish,
        onFile: ({ path, output: { digest, sizeBytes, file, version }, outcome, error }) => {
          const filed = file === undefined || version === undefined ? {} : { id: file, version }
          files.push({ path, outcome, digest, sizeBytes, ...filed, ...(error === undefined ? {} : { error }) })
          progress.file()
        },
      },
    )
  } finally {
    progress.end()
  }
  return tellDownload(context, { folder, files, wanted: outputs.length })
}

/** Said, or meant by the name of the file; what goes to standard output has to be one of them. */
function formatOf(given: Given): "tar" | "zip" | undefined {
  const [text, output] = [given.text("as"), given.text("output")]
  if (text === "tar" || text === "zip") return text
  if (text !== undefined)
    throw usage(downloadCommand, `Cannot pack as "${text}"`, {
      hint: "Say --as tar or --as zip, or leave it away for a folder",
    })
  if (output === "-") return "tar"
  return /\.tar$/.test(output ?? "") ? "tar" : /\.zip$/.test(output ?? "") ? "zip" : undefined
}

function refuseTerminal({ terminal, reply }: Context): void {
  if (!terminal.out.isTerminal && !reply.json) return
  const is = reply.json ? "the answer in JSON goes there" : "it is a terminal"
  throw usage(downloadCommand, `Cannot download to standard output: ${is}`, { hint: "Name a file: -o FILE" })
}

interface FolderWish {
  readonly folder: string
  readonly total: { readonly files: number }
  readonly progress: ReturnType<typeof createProgressLine>
}

async function downloadFolder(
  { context, given, client, signal }: Order,
  place: FoundPlace,
  { folder, total, progress }: FolderWish,
): Promise<CommandResult> {
  const { downloadTree } = await import("../../../archive/transfer/download/download-tree.ts")
  await mkdir(folder, { recursive: true })
  const files: DownloadedFile[] = []
  const downloading = { client, signal, force: given.has("force"), onBytes: progress.bytes }
  const onFile = (file: DownloadedFile): void => {
    files.push(file)
    progress.file()
  }
  await downloadTree(place, { folder, filter: filterOf(given) }, { ...downloading, onFile })
  progress.end()
  return tellDownload(context, {
    ...{ folder, wanted: total.files },
    files: files.map(({ path, file: { id, version, digest, sizeBytes }, outcome, error }) => ({
      ...{ path, outcome, id, version, digest, sizeBytes },
      ...(error === undefined ? {} : { error }),
    })),
  })
}
