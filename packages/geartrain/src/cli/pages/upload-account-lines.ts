import type { UploadedFile } from "../../archive/transfer/upload/upload-files.ts"
import type { LeftOut } from "../../archive/upload-plan/upload-plan.ts"
import { formatCount, formatSize } from "../output/amounts.ts"
import { escapeText } from "../output/escape-text.ts"
import type { Paint } from "../output/paint.ts"
import { leftOutLines } from "./upload-plan-lines.ts"

/** What became of everything that was to be uploaded. */
export interface UploadAccount {
  readonly made: readonly string[]
  readonly files: readonly UploadedFile[]
  readonly leftOut: readonly LeftOut[]
}

const MOST_FAILED = 10

/** What is worth knowing first, then all of it in one line. */
export function uploadAccountLines(account: UploadAccount, paint: Paint): readonly string[] {
  const failed = account.files.filter(({ outcome }) => outcome === "failed")
  const more = failed.length - MOST_FAILED
  return [
    ...leftOutLines(account.leftOut, paint),
    ...(failed.length === 0 ? [] : [paint.red("FAILED")]),
    ...failed.slice(0, MOST_FAILED).map(failedLine),
    ...(more <= 0 ? [] : [`  … and ${more} more: --json has all`]),
    accountSummary(account),
  ]
}

/**
 * All of it in one line.
 *
 * @example
 *   accountSummary({ made: ["lab/study/s1"], files: [], leftOut: [] })
 *   // => "1 place made; 0 files sent, 0 B; 0 already there; nothing left out"
 */
export function accountSummary({ made, files, leftOut }: UploadAccount): string {
  const of = (outcome: UploadedFile["outcome"]) => files.filter((file) => file.outcome === outcome)
  const sentBytes = of("sent").reduce((sum, { task }) => sum + task.file.sizeBytes, 0)
  const [failed, notTried] = [of("failed").length, of("not-tried").length]
  return [
    ...(made.length === 0 ? [] : [`${formatCount(made.length, "place")} made`]),
    `${formatCount(of("sent").length, "file")} sent, ${formatSize(sentBytes)}`,
    `${of("there").length} already there`,
    `${leftOut.length === 0 ? "nothing" : leftOut.length} left out`,
    ...(failed === 0 ? [] : [`${failed} failed`]),
    ...(notTried === 0 ? [] : [`${notTried} not tried`]),
  ].join("; ")
}

function failedLine({ task, error }: UploadedFile): string {
  return `  ${escapeText(`${task.place.path}/files/${task.file.name}`)}: ${escapeText(error?.message ?? "not known why")}`
}
