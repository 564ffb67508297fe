/** Prints the faults that a check found, one a line, and sets the exit code; with none, says what was looked at. */
export function complain(faults: readonly string[], lookedAt: string): void {
  for (const fault of faults) console.log(fault)
  if (faults.length > 0) process.exitCode = 1
  else console.log(lookedAt)
}
