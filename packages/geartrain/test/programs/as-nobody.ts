import { execFileSync } from "node:child_process"
import { chmodSync, mkdtempSync, rmdirSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"

const CHECKOUT = resolve(import.meta.dirname, "../../../..")

/**
 * Runs this Node as an ordinary user, and answers with what it wrote to stdout. Needs root, `unshare` and `setpriv`.
 *
 * The checkout may lie where only root may enter, as in /root: the program sees it at a place of its own, and so do the paths in its arguments.
 */
export function nodeAsNobody(...args: readonly string[]): string {
  const place = mkdtempSync(join(tmpdir(), "geartrain-nobody-"))
  chmodSync(place, 0o755)
  const moved = [process.execPath, ...args].map((word) => word.replaceAll(CHECKOUT, place))
  const script = `mount --bind "$1" "$2" && cd / && shift 2 && exec setpriv --reuid=65534 --regid=65534 --clear-groups "$@"`
  const box = ["--mount", "--propagation", "private", "sh", "-c", script, "sh"]
  try {
    return execFileSync("unshare", [...box, CHECKOUT, place, ...moved], { encoding: "utf8" })
  } finally {
    rmdirSync(place)
  }
}
