/** What `main.ts` starts. */
export interface Program extends Pick<typeof import("./program.ts"), "endWithCrash" | "runProgram"> {
  /** Keeps compiled code for runs to come. */
  readonly keepCode?: () => void
}

/**
 * Loads the rest of the program. The build puts something quicker here for commands that are a file each.
 *
 * @param _codeFolder  Of compiled code; absent: there is none.
 */
export function loadProgram(_codeFolder?: string): Promise<Program> {
  return import("./program.ts")
}
