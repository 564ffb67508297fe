/** The words that this program was started by, for starting it again as another process. */
export function ownProgram(): readonly string[] {
  const [node = process.execPath, main = ""] = process.argv
  return [node, ...process.execArgv, main]
}
