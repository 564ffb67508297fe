import type { PlacedPlan } from "../../../archive/transfer/upload/place-plan.ts"
import type { SingleFile } from "../../../archive/transfer/upload/plan-file.ts"
import type { ReachedPlace } from "../../../archive/transfer/upload/reach-place.ts"
import type { UploadedFile, UploadTask } from "../../../archive/transfer/upload/upload-files.ts"
import type { UploadPlan } from "../../../archive/upload-plan/upload-plan.ts"
import { usage } from "../../arguments/parse-arguments.ts"
import type { Command, CommandResult, Context, Given } from "../../command.ts"
import { formatSize } from "../../output/amounts.ts"
import { reportError } from "../../output/error-reply.ts"
import { escapeText } from "../../output/escape-text.ts"
import { createProgressLine } from "../../output/progress-line.ts"
import { type UploadAccount, uploadAccountLines } from "../../pages/upload-account-lines.ts"
import { uploadPlanData, uploadPlanLines } from "../../pages/upload-plan-lines.ts"
import { interruptible } from "../../run/interrupts.ts"
import { SERVER_FLAG } from "../../server/server-flag.ts"

const SORTERS = ["auto", "bids", "dicom", "folders"] as const

export const uploadCommand: Command = {
  name: "upload",
  arguments: [
    { name: "PATH", says: "A folder, sorted into a project; or files, to one place", many: true, complete: "file" },
  ],
  flags: {
    to: {
      type: "text",
      value: "PLACE",
      says: "group/project; for files also group/project/subject/session/acquisition",
    },
    as: {
      type: "text",
      value: "HOW",
      says: "How a folder is sorted: auto, bids, dicom or folders. Default: auto",
      complete: SORTERS,
    },
    template: { type: "text", value: "FOLDERS", says: "What folders mean, such as {subject}/{session}/{acquisition}" },
    "dry-run": { type: "switch", says: "Show what would be uploaded, and send nothing" },
    ...SERVER_FLAG,
  },
  examples: [
    { command: "gear upload ./memory --to lab/memory --dry-run", says: "See how a folder is sorted; asks no server" },
    { command: "gear upload ./memory --to lab/memory", says: "Send it. The same again sends only what has changed" },
    { command: "gear upload t1.nii.gz --to lab/memory/sub-01/ses-01/T1w", says: "One file, to its place" },
  ],
  notes: [
    "What is missing on the way, a project, a subject, a session, an acquisition, is made; a group only for an admin of the site.",
    "Each file is sent with its digest, and appears whole or not at all. What is there already, byte for byte, is not sent again and makes no new version; other content under the same name makes a new version, and the old one stays.",
    "After a cut, Ctrl-C or a kill, the same command goes on where it was.",
  ],
  exits: "answer",
  exitNotes: { 0: "every file that was not left out is on the server" },
  run: async (context, given) => {
    const target = given.text("to")
    if (target === undefined) {
      throw usage(uploadCommand, "Cannot upload: it is not said where to", {
        hint: "gear upload PATH --to GROUP/PROJECT",
      })
    }
    return interruptible(
      () => context.reply.say("stopping; the same command goes on where it was"),
      async ({ signal }) => {
        const sources = await look(context, given, signal)
        return given.has("dry-run")
          ? showPlans(context, sources)
          : await send(context, { given, target, signal }, sources)
      },
    )
  },
}

/** What is to be uploaded. */
interface Sources {
  readonly plans: readonly UploadPlan[]
  readonly files: readonly SingleFile[]
}

async function look({ reply }: Context, given: Given, signal: AbortSignal): Promise<Sources> {
  const [{ planFile }, { planUpload }] = await Promise.all([
    import("../../../archive/transfer/upload/plan-file.ts"),
    import("../../../archive/upload-plan/plan-upload.ts"),
  ])
  const as = sorterOf(given)
  const template = given.text("template")
  const plans: UploadPlan[] = []
  const files: SingleFile[] = []
  for (const path of given.words) {
    const found = await planFile(path)
    if (found.kind === "file") files.push(found)
    else plans.push(await planUpload(path, { as, signal, ...(template === undefined ? {} : { template }) }))
  }
  for (const { warnings } of plans) {
    if (!given.has("dry-run")) for (const { about, says } of warnings) reply.warn(escapeText(`${about} ${says}`))
  }
  return { plans, files }
}

function sorterOf(given: Given): (typeof SORTERS)[number] {
  const text = given.text("as") ?? "auto"
  const sorter = SORTERS.find((known) => known === text)
  if (sorter !== undefined) return sorter
  throw usage(uploadCommand, `Cannot sort a folder as "${text}"`, { hint: `Name one of ${SORTERS.join(", ")}` })
}

function showPlans({ reply, terminal }: Context, { plans, files }: Sources): CommandResult {
  for (const plan of plans) for (const line of uploadPlanLines(plan, terminal.out.paint)) reply.print(line)
  for (const { file } of files) reply.print(`${escapeText(file.name)}  ${formatSize(file.sizeBytes)}`)
  const single = files.map(({ folder, file }) => ({ folder, name: file.name, sizeBytes: file.sizeBytes }))
  const data = { plans: plans.map(uploadPlanData), files: single }
  return { data: data as unknown as NonNullable<CommandResult["data"]> }
}

interface Order {
  readonly given: Given
  readonly target: string
  readonly signal: AbortSignal
}

async function send(
  context: Context,
  { given, target, signal }: Order,
  { plans, files }: Sources,
): Promise<CommandResult> {
  const [{ connectServer }, { reachPlace }, { placePlan }, { uploadFiles }, { openUploadNotes }] = await Promise.all([
    import("../../server/connect.ts"),
    import("../../../archive/transfer/upload/reach-place.ts"),
    import("../../../archive/transfer/upload/place-plan.ts"),
    import("../../../archive/transfer/upload/upload-files.ts"),
    import("../../../archive/transfer/upload/upload-notes.ts"),
  ])
  const settings = context.settings()
  const client = await connectServer(settings, given)
  // Before anything is made of it.
  if (plans.length > 0 && target.split("/").filter((step) => step !== "").length > 2) throw notAProject(target)
  const place = await reachPlace(client, target)
  if (plans.length > 0 && place.type !== "project") throw notAProject(target)
  const placed: PlacedPlan[] = []
  for (const plan of plans) placed.push(await placePlan(client, place, { plan, signal }))
  const tasks: readonly UploadTask[] = [
    ...placed.flatMap((each) => each.tasks),
    ...files.map(({ folder, file }) => ({ folder, file, place })),
  ]
  const sizeBytes = tasks.reduce((sum, { file }) => sum + file.sizeBytes, 0)
  const progress = createProgressLine(context.terminal.err, { files: tasks.length, sizeBytes }, context.options)
  const notes = openUploadNotes(`${settings.cache}/uploads`)
  let uploaded: readonly UploadedFile[] = []
  try {
    uploaded = await uploadFiles(tasks, { client, notes, signal, onBytes: progress.bytes }, progress.file)
  } finally {
    progress.end()
  }
  return tell(context, place, {
    made: [...(place.isNew ? [place.path] : []), ...placed.flatMap((each) => each.made)],
    files: [...uploaded, ...placed.flatMap((each) => each.failed)],
    leftOut: plans.flatMap((plan) => plan.leftOut),
  })
}

function notAProject(target: string): Error {
  return usage(uploadCommand, `Cannot upload a folder to "${target}": it is no project`, {
    hint: "Folders are sorted into a project: --to GROUP/PROJECT. Or name the files themselves",
  })
}

function tell({ reply, terminal }: Context, place: ReachedPlace, account: UploadAccount): CommandResult {
  for (const line of uploadAccountLines(account, terminal.out.paint)) reply.print(line)
  const failed = account.files.find(({ error }) => error !== undefined)?.error
  const data = {
    place: place.id,
    path: place.path,
    made: account.made,
    files: account.files.map(({ task, outcome, saved, error }) => ({
      ...{ path: `${task.place.path}/files/${task.file.name}`, outcome, sizeBytes: task.file.sizeBytes },
      ...(saved === undefined ? {} : { id: saved.id, version: saved.version, digest: saved.digest }),
      ...(error === undefined ? {} : { code: error.code, why: error.message }),
    })),
    leftOut: account.leftOut,
  } as unknown as NonNullable<CommandResult["data"]>
  if (failed === undefined) {
    reply.say(`→ gear ls ${escapeText(place.path)} --server`)
    return { data }
  }
  const report = reportError(failed, { style: "answer", paint: terminal.err.paint, verbose: false, debug: false })
  for (const line of report.lines) reply.say(line)
  return { data, exitCode: report.exitCode, error: report.error }
}
