import { GEAR_FOLDER } from "../../run/gear-command.ts"
import type { ManifestRule } from "../lint-rule.ts"

/** PATH on which no shell is, and tools that lie where only root may go. */
export const pathRule: ManifestRule = {
  id: "manifest/path",
  severity: "warning",
  finds: "A PATH without /bin and /usr/bin, or with relative folders; a PATH or command that leads into /root",
  why: "PATH replaces the default one, so bash and the basic tools are not found; /root is closed to every other user; and what a relative folder means changes with each cd.",
  check: (manifest, finder) => {
    const [program] = /^\/root\/\S*/.exec(manifest.command ?? "") ?? []
    if (program !== undefined) {
      const problem = `the command starts ${program}, and only root may enter /root`
      finder.atValue(["command"], { keyword: "path", problem, fix: ELSEWHERE, severity: "warning" })
    }
    const path = manifest.environment?.["PATH"]
    if (path === undefined || path.includes("$")) return
    const folders = path.split(":").map((folder) => folder.replace(/(?<=.)\/+$/, ""))
    const report = (problem: string, fix: string): void =>
      finder.atValue(["environment", "PATH"], { keyword: "path", problem, fix, severity: "warning" })
    if (!folders.includes("/bin") && !folders.includes("/usr/bin")) {
      report("PATH has neither /bin nor /usr/bin, where bash and the basic tools are", "Add :/usr/bin:/bin to it")
    }
    const closed = folders.filter((folder) => folder === "/root" || folder.startsWith("/root/"))
    if (closed.length > 0) {
      report(`PATH has ${closed.join(", ")}, and only root may enter /root`, ELSEWHERE)
    }
    const relative = folders.filter((folder) => folder !== "" && !folder.startsWith("/"))
    if (relative.length > 0) {
      report(
        `PATH has ${relative.join(", ")}, which means another folder after each cd`,
        `Write it from ${GEAR_FOLDER}`,
      )
    }
  },
}

const ELSEWHERE = "Install the tools elsewhere, as in /opt"
