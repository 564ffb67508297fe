/** Lines and columns of a terminal. */
export interface TerminalSize {
  readonly height: number
  readonly width: number
}

/** The size of the terminal that somebody sits at; undefined unless both what this program reads and what it prints is one. */
export function callersTerminal(): TerminalSize | undefined {
  if (!process.stdin.isTTY || !process.stdout.isTTY) return undefined
  return { height: process.stdout.rows, width: process.stdout.columns }
}
