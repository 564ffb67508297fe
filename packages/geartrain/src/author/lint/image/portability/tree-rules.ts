import type { ViewedEntry } from "@geartrain/ports"
import { userOf } from "../command/find-program.ts"
import { type ImageFinding, type ImageRule, nameSome } from "../linted-image.ts"

/**
 * Folders whose files are closed on purpose on every system (shadow, keys of the machine, caches of package managers), and /root, which has a
 * rule of its own.
 */
const CLOSED_ON_PURPOSE =
  /^(?:etc|var|run|tmp|boot|root|dev|proc|sys|lost\+found)(?:\/|$)|\/(?:lost\+found|dbus-daemon-launch-helper|ssh-keysign|sudo|pt_chown)$|^usr\/lib\/(?:ssl\/private|polkit-1)|^usr\/share\/polkit-1/

const rootOnlyRule: ImageRule = {
  id: "image/root-only",
  severity: "warning",
  finds: "Files and folders that only root may read",
  why: "Clusters run containers as the user who started them. What is closed to others works in docker and fails there, with permission denied.",
  check: ({ tree, manifest }) => {
    const { uid, gid } = userOf(manifest)
    const found: string[] = []
    const folders = new Set<string>()
    for (const entry of tree.entries()) {
      if (CLOSED_ON_PURPOSE.test(entry.path) || !isClosed(entry)) continue
      // What belongs to the gear's own user is open to the gear.
      if (uid !== 0 && (entry.uid === uid || (entry.gid === gid && (entry.mode & 0o040) !== 0))) continue
      // Of a closed folder, its content is not named as well.
      if (liesIn(entry.path, folders)) continue
      if (entry.type === "folder") folders.add(entry.path)
      found.push(`/${entry.path}`)
      if (found.length >= MOST_COLLECTED) break
    }
    return several(found, {
      one: "may be read by its owner alone",
      many: (count) => `${count} files and folders may be read by their owner alone`,
      fix: "chmod them in the build: chmod -R a+rX FOLDER",
    })
  },
}

/** A folder has to be entered as well as read. */
function isClosed({ type, mode }: ViewedEntry): boolean {
  if (type === "folder") return (mode & 0o005) !== 0o005
  return type === "file" && (mode & 0o004) === 0
}

function liesIn(path: string, folders: ReadonlySet<string>): boolean {
  for (let slash = path.indexOf("/"); slash !== -1; slash = path.indexOf("/", slash + 1)) {
    if (folders.has(path.slice(0, slash))) return true
  }
  return false
}

// Enough to tell that it is no single file.
const MOST_COLLECTED = 1_000

const rootToolsRule: ImageRule = {
  id: "image/root-tools",
  severity: "warning",
  finds: "Programs and libraries under /root, or links that lead there",
  why: "/root is closed to every user but root, and clusters mount the user's own home over it or run as the user: the tool is not there then.",
  check: ({ tree }) => {
    const found: string[] = []
    for (const entry of tree.entries()) {
      if (entry.path.startsWith("root/") ? isTool(entry) : leadsToRoot(entry)) found.push(`/${entry.path}`)
      if (found.length >= MOST_COLLECTED) break
    }
    return several(found, {
      one: "lies under /root, or leads there",
      many: (count) => `${count} programs, libraries and links lie under /root or lead there`,
      fix: "Install tools elsewhere, such as /opt, with a+rX",
    })
  },
}

function isTool({ type, mode, path }: ViewedEntry): boolean {
  return type === "file" && ((mode & 0o111) !== 0 || /\.so(?:\.[0-9.]+)?$/.test(path)) && !/^root\/\.cache\//.test(path)
}

function leadsToRoot({ type, target }: ViewedEntry): boolean {
  return type === "link" && target !== undefined && target.startsWith("/root/")
}

const hiddenRule: ImageRule = {
  id: "image/hidden",
  severity: "warning",
  finds: "Files in /flywheel/v0/input or /flywheel/v0/output of the image",
  why: "Both are emptied before the gear starts.",
  check: ({ tree }) => {
    const found: string[] = []
    for (const { path, type } of tree.entries()) {
      if (type !== "folder" && /^flywheel\/v0\/(?:input|output)\//.test(path)) found.push(`/${path}`)
    }
    return several(found.slice(0, MOST_COLLECTED), {
      one: "is removed before the gear starts",
      many: (count) => `${count} files are removed before the gear starts`,
      fix: "Keep them elsewhere, such as /opt or /flywheel/v0/data",
    })
  },
}

const SECRET_FILES =
  /(?:^|\/)(?:\.ssh\/id_(?:rsa|dsa|ecdsa|ed25519)|\.aws\/credentials|\.netrc|\.docker\/config\.json|\.pypirc|\.config\/flywheel\/user\.json|\.kube\/config|\.git-credentials|\.pgpass)$/

const secretFileRule: ImageRule = {
  id: "image/secret-file",
  severity: "error",
  finds: "Files that hold keys and passwords, such as .ssh/id_rsa, .netrc, .aws/credentials",
  why: "Everybody who has the gear has them, also when a later layer removes them.",
  check: ({ tree }) => {
    const found: ImageFinding[] = []
    for (const { path, type } of tree.entries()) {
      if (type !== "file" || !SECRET_FILES.test(path)) continue
      const message = "such a file holds keys or passwords, which everybody who has the gear can read"
      const fix = "Build without it, and make what is in it invalid where it was issued"
      found.push({ file: `/${path}`, message, fix })
      if (found.length >= MOST_SECRETS) break
    }
    return found
  },
}

const MOST_SECRETS = 10

function several(
  files: readonly string[],
  told: { readonly one: string; readonly many: (count: string) => string; readonly fix: string },
): readonly ImageFinding[] {
  const [first] = files
  if (first === undefined) return []
  if (files.length === 1) return [{ file: first, message: told.one, fix: told.fix }]
  const count = files.length >= MOST_COLLECTED ? `${MOST_COLLECTED} or more` : String(files.length)
  return [{ file: first, message: `${told.many(count)}: ${nameSome(files)}`, fix: told.fix }]
}

/** Rules about what lies where, and who may read it. */
export const TREE_RULES: readonly ImageRule[] = [rootOnlyRule, rootToolsRule, hiddenRule, secretFileRule]
