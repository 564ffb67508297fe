import { stripVTControlCharacters } from "node:util"

/** Where a build of a Dockerfile went wrong, as far as the builder tells. */
export interface FailedStep {
  /** The instruction as it is written, such as `RUN make`. */
  readonly step?: string
  readonly exitCode?: number
  /** What the step wrote, or, if no step ran, what the builder did: the last lines of it. */
  readonly tail: readonly string[]
}

const TAIL_LINES = 12

/**
 * Finds the step that failed in what docker, podman or buildah wrote, and the last lines of that step.
 *
 * @example
 *   readFailedStep(["STEP 1/2: FROM x", "STEP 2/2: RUN make", "no rule", 'Error: building at STEP "RUN make": exit status 2'])
 *   // => { step: "RUN make", exitCode: 2, tail: ["no rule"] }
 */
export function readFailedStep(painted: readonly string[]): FailedStep {
  // docker paints what a step wrote to stderr.
  const lines = painted.map((line) => stripVTControlCharacters(line))
  const start = lines.findLastIndex((line) => STEP.some((pattern) => pattern.test(line)))
  const buildKit = readBuildKit(lines)
  if (buildKit !== undefined) return buildKit
  // Steps are run one after the other, so the last that began is the one; its text is cut nowhere and quoted by nobody.
  const step =
    stepOf(lines[start] ?? "") ?? lines.map((line) => FAILED_AT.exec(line)?.[1]).find((text) => text !== undefined)
  const after = lines.slice(start + 1)
  const exitCode = exitCodeIn(after)
  const said = after.filter((line) => !NOISE.some((pattern) => pattern.test(line)))
  // A builder that says nothing but its complaint has that as its last line.
  const told = said.length > 0 ? said : after.filter((line) => line.trim() !== "")
  return {
    ...(step === undefined ? {} : { step }),
    ...(exitCode === undefined ? {} : { exitCode }),
    tail: told.slice(-TAIL_LINES),
  }
}

/** One line of progress that is worth showing: which step it is at. */
export function readStep(line: string): string | undefined {
  for (const pattern of STEP) {
    const found = pattern.exec(line)
    if (found !== null) return `${found[1]} ${found[2]}`
  }
  return undefined
}

/** The version in what a builder answers to `probeCommand`. */
export function readVersion(text: string): string | undefined {
  return /\d+\.\d+[\w.+-]*/.exec(text)?.[0]
}

/** `STEP 2/3: RUN x` of buildah and podman, `Step 2/3 : RUN x` of docker, `#6 [2/3] RUN x` of BuildKit. */
const STEP = [/^STEP (\d+\/\d+): (.*)$/, /^Step (\d+\/\d+) : (.*)$/, /^#\d+ \[(?:\S+ )?(\d+\/\d+)\] (.*)$/]

/** @see buildah: imagebuildah/executor.go, "building at STEP" */
const FAILED_AT = /building at STEP "(.*)": /

const NOISE = [
  FAILED_AT,
  /^subprocess exited with status \d+$/,
  /^The command '.*' returned a non-zero code: \d+$/,
  /^-->|^\s*$|^ ---> /,
  /^Removing intermediate container/,
]

const EXIT_CODES = [
  /exit status (\d+)/,
  /returned a non-zero code: (\d+)/,
  /exit code: (\d+)/,
  /exited with status (\d+)/,
]

function exitCodeIn(lines: readonly string[]): number | undefined {
  for (const line of lines.toReversed()) {
    for (const pattern of EXIT_CODES) {
      const found = pattern.exec(line)
      if (found !== null) return Number(found[1])
    }
  }
  return undefined
}

function stepOf(line: string): string | undefined {
  return readStep(line)?.replace(/^\d+\/\d+ /, "")
}

/**
 * BuildKit runs steps side by side: every line has its number, and the failed one says ERROR.
 *
 * @see docker-buildx-build(1), --progress=plain
 */
function readBuildKit(lines: readonly string[]): FailedStep | undefined {
  const failed = lines.map((line) => /^#(\d+) ERROR: (.*)$/.exec(line)).find((found) => found !== null)
  if (failed == null) return undefined
  const own = `#${failed[1]} `
  const mine = lines.filter((line) => line.startsWith(own)).map((line) => line.slice(own.length))
  const step = mine.map((line) => /^\[(?:\S+ )?\d+\/\d+\] (.*)$/.exec(line)?.[1]).find((text) => text !== undefined)
  const exitCode = exitCodeIn([failed[2] ?? ""])
  const said = mine.filter((line) => /^\d+\.\d+ /.test(line)).map((line) => line.replace(/^\d+\.\d+ /, ""))
  return {
    ...(step === undefined ? {} : { step }),
    ...(exitCode === undefined ? {} : { exitCode }),
    tail: (said.length > 0 ? said : [failed[2] ?? ""]).slice(-TAIL_LINES),
  }
}
