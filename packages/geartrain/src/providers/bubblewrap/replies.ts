import type { Ending } from "../box/backend.ts"

/**
 * The version that `bwrap --version` prints.
 *
 * @example
 *   bwrapVersion("bubblewrap 0.8.0\n") // => "0.8.0"
 */
export function bwrapVersion(printed: string): string | undefined {
  return /^bubblewrap (\S+)/.exec(printed)?.[1]
}

/**
 * The number of the box's first process, once bubblewrap has reported it.
 *
 * @param status  What came from `--json-status-fd`: one JSON object a line.
 * @example
 *   childPid('{ "child-pid": 17, "net-namespace": 1 }\n') // => 17
 *   childPid("") // => undefined
 */
export function childPid(status: string | undefined): number | undefined {
  return numberOf(status, "child-pid")
}

/**
 * Tells how a box ended. Bubblewrap reports an exit code only of a command that it could start; of another, it prints why.
 *
 * @param code  Bubblewrap's own exit code: the command's, if it was started.
 * @param words  What was printed last.
 */
export async function bwrapEnding(
  code: number,
  status: string | undefined,
  words: () => Promise<string>,
): Promise<Ending> {
  if (numberOf(status, "exit-code") !== undefined || code > 128) return { type: "ended", code }
  const said = (await words()).trim()
  if (/^bwrap: execvp .*: (?:No such file or directory|Not a directory)$/m.test(said))
    return { type: "no-command", code: 127 }
  if (/^bwrap: execvp .*: /m.test(said)) return { type: "no-command", code: 126 }
  return { type: "failed", words: said === "" ? `bubblewrap ended with exit code ${code}` : said }
}

function numberOf(status: string | undefined, name: string): number | undefined {
  const digits = new RegExp(`"${name}": *(\\d+)`).exec(status ?? "")?.[1]
  return digits === undefined ? undefined : Number.parseInt(digits, 10)
}
