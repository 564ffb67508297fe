/** Writes a line of a gear's log, with the time in UTC. */
export function writeLogLine(level: string, text: string): void {
  process.stderr.write(`${new Date().toISOString()} ${level.padEnd(5)} ${text}\n`)
}

/** Lets the gear's process end with this code once nothing is left to do. */
export function setExitCode(code: number): void {
  process.exitCode = code
}
