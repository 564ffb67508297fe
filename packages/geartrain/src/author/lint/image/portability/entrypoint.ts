/** What is wrong with an ENTRYPOINT or CMD. */
export interface EntrypointFault {
  readonly message: string
  readonly fix: string
}

/** What is known of the image that the words are started in. */
export interface EntrypointImage {
  /** `ENTRYPOINT` or `CMD`. */
  readonly instruction: string
  /** Whether a program of this name, or at this path, would be started; undefined where that is not known. */
  readonly starts: (word: string) => boolean | undefined
  /** Whether the gear's folder has a file of this name. */
  readonly hasFile: (name: string) => boolean
}

/**
 * Finds what keeps the words of an ENTRYPOINT from being started: a whole command in one word, or a script by its bare name.
 *
 * @param words  In exec form. A shell form starts with the shell's own words, and is fine.
 */
export function entrypointFault(words: readonly string[], image: EntrypointImage): EntrypointFault | undefined {
  const { instruction, starts, hasFile } = image
  const [program, ...rest] = words
  if (program === undefined || starts(program) === true) return undefined
  const written = `${instruction} ${listed(words)}`
  if (/\s/.test(program.trim())) {
    const apart = [...program.trim().split(/\s+/), ...rest]
    return {
      message: `${written} cannot start: the whole of ${JSON.stringify(program)} is taken for the name of one program`,
      fix: `Write ${instruction} ${listed(apart)}`,
    }
  }
  if (program.includes("/")) return undefined
  const isScript = hasFile(program) || /\.(?:py|sh|R|js|pl|m)$/.test(program)
  if (!isScript && starts(program) !== false) return undefined
  return {
    message: `${written} cannot start: ${program} is looked for on the PATH, where the gear's folder is not`,
    fix: `Write ${instruction} ${listed([`/flywheel/v0/${program}`, ...rest])}`,
  }
}

/** As Dockerfiles are written. */
function listed(words: readonly string[]): string {
  return `[${words.map((word) => JSON.stringify(word)).join(", ")}]`
}
