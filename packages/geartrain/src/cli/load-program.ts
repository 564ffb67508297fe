/** Loads the rest of the program. The build puts something quicker here for commands that are a file each. */
export function loadProgram(): Promise<typeof import("./program.ts")> {
  return import("./program.ts")
}
