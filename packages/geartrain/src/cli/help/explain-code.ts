import { CATALOGUE, type ErrorCode, REASONS, type Reason } from "@geartrain/spec"
import { exitCodeOfError } from "../output/exit-codes.ts"
import { type HelpPage, sectionLines } from "./command-help.ts"

/** What `gear help CODE` prints for a code of the error catalogue, the reason of a failed job, or the word of a verdict; undefined for others. */
export function explainCode(code: string, page: HelpPage): string[] | undefined {
  const found = [...reasonLines(code, page), ...catalogueLines(code, page), ...wordLines(code)]
  return found.length === 0 ? undefined : [page.paint.bold(code), ...found]
}

/** Words that `error.code` can have with `--json` beside the two tables. */
const WORDS: Readonly<Record<string, string>> = {
  BUG: "An error that gear did not expect. Please report it, with what the same command prints with --debug",
  DIFFERENT: "The two things that were compared are not the same; the answer says in what",
  UNDECIDED: "Whether it is the same could not be found out: nothing was run, or not to its end; the answer says why",
  DAMAGED: "The store holds bytes that are not what they should be. Import or replay what is damaged again",
  UNKNOWN_FILE: "No recorded job made or read bytes like those of the file: it was changed by hand, or made elsewhere",
  LINT_FOUND: "gear lint found errors, or with --strict warnings; the answer lists them, with what to do about each",
  NO_PROVIDER: "No provider works on this machine, so no gear can be run; gear doctor says how to mend that",
  NOT_CANCELLED: "A job that has ended cannot be cancelled any more",
}

function wordLines(code: string): string[] {
  const says = Object.hasOwn(WORDS, code) ? WORDS[code] : undefined
  return says === undefined ? [] : ["", says]
}

function reasonLines(code: string, page: HelpPage): string[] {
  if (!Object.hasOwn(REASONS, code)) return []
  const { culprit, says } = REASONS[code as Reason]
  return sectionLines(
    {
      title: "As the reason of a failed job",
      rows: [
        ["what is the case", says],
        ["what is to blame", culprit],
      ],
    },
    page,
  )
}

const RETRY_SAYS = {
  never: "never: something has to be changed first",
  later: "later, with nothing changed",
  elsewhere: "later, or on another machine",
}

function catalogueLines(code: string, page: HelpPage): string[] {
  if (!Object.hasOwn(CATALOGUE, code)) return []
  const { title, fault, retry } = CATALOGUE[code as ErrorCode]
  return sectionLines(
    {
      title: "As an error",
      rows: [
        ["what is the case", title],
        ["who can mend it", fault],
        ["when to try again", RETRY_SAYS[retry]],
        [
          "exit code",
          `${exitCodeOfError(code as ErrorCode, "answer")}; of gear run, replay and debug ${exitCodeOfError(code as ErrorCode, "gear")}`,
        ],
      ],
    },
    page,
  )
}
