import { execFileSync } from "node:child_process"
import { existsSync, mkdtempSync, rmdirSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { MAIN } from "../../cli/gear-process.ts"

const CHECKOUT = resolve(import.meta.dirname, "../../../../..")

/** Why `gear` cannot be run as an ordinary user with ids of its own to give away, or undefined when it can. */
export function subordinateIdsMissing(): string | undefined {
  if (process.getuid?.() !== 0) return "needs root, to become another user"
  return existsSync("/usr/bin/newuidmap") ? undefined : "needs newuidmap (package uidmap)"
}

/**
 * Runs `gear` as the user nobody, who has 65536 ids to give away, as users of a machine have that somebody has set up. Answers with stdout.
 *
 * @see subuid(5)
 */
export function gearAsUser(args: readonly string[], env: Readonly<Record<string, string>>): string {
  const place = mkdtempSync(join(tmpdir(), "geartrain-user-"))
  const ids = mkdtempSync(join(tmpdir(), "geartrain-ids-"))
  writeFileSync(join(ids, "ids"), "nobody:100000:65536\n", { mode: 0o644 })
  const script = `chmod 755 "$2" && mount --bind "$1" "$2" && mount --bind "$3" /etc/subuid && mount --bind "$3" /etc/subgid && cd / && shift 3 && exec setpriv --reuid=65534 --regid=65534 --clear-groups "$@"`
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`)
  const command = [process.execPath, MAIN].map((word) => word.replace(CHECKOUT, place))
  try {
    for (const path of ["/etc/subuid", "/etc/subgid"]) if (!existsSync(path)) throw new Error(`needs ${path}`)
    const box = ["--mount", "--propagation", "private", "sh", "-c", script, "sh", CHECKOUT, place, join(ids, "ids")]
    const child = ["env", "-i", `PATH=${process.env["PATH"]}`, ...variables, ...command, ...args]
    return execFileSync("unshare", [...box, ...child], { encoding: "utf8" })
  } finally {
    rmdirSync(place)
    rmSync(ids, { recursive: true })
  }
}
