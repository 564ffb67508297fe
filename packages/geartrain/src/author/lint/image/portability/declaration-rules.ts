import { posix } from "node:path"
import { DEFAULT_PATH, type ImageDeclaration } from "@geartrain/spec"
import { hostPlatform } from "../../../../system/host.ts"
import { userOf } from "../command/find-program.ts"
import { type ImageRule, type LintedImage, MANIFEST_FILE } from "../linted-image.ts"
import { droppedEnvironment, droppedText } from "./dropped-environment.ts"
import { entrypointFault } from "./entrypoint.ts"

export const environmentRule: ImageRule = {
  id: "image/env",
  severity: "warning",
  finds: "ENV of the image, or of the Dockerfile, that the manifest does not repeat",
  why: "Gears run with a plain PATH and the manifest's `environment`. What docker run sets from ENV is not there.",
  check: ({ declaration, manifest }) => {
    if (declaration === undefined || manifest === undefined) return []
    const message = droppedText(droppedEnvironment(declaration.env, manifest))
    const fix = 'Repeat them in "environment", or import with gear import --image-env'
    return message === undefined ? [] : [{ file: MANIFEST_FILE, message, fix }]
  },
}

export const entrypointRule: ImageRule = {
  id: "image/entrypoint",
  severity: "warning",
  finds: "An ENTRYPOINT or CMD that cannot be started: a whole command in one word, a script by its bare name",
  why: "docker run ends at once with *executable file not found*. A gear runs by its manifest's command whatever the ENTRYPOINT is, so that what is tested and what is run differ.",
  check: (image) => {
    const { declaration, tree } = image
    if (declaration === undefined) return []
    const words = declaration.entrypoint.length > 0 ? declaration.entrypoint : declaration.cmd
    const fault = entrypointFault(words, {
      instruction: declaration.entrypoint.length > 0 ? "ENTRYPOINT" : "CMD",
      starts: (word) => startsIn(word, image, declaration),
      hasFile: (name) => tree.find(`/flywheel/v0/${name}`) !== undefined,
    })
    return fault === undefined ? [] : [{ file: "the image's config", ...fault }]
  },
}

function startsIn(word: string, { tree }: LintedImage, declaration: ImageDeclaration): boolean {
  const workdir = declaration.workdir === "" ? "/" : declaration.workdir
  const isProgram = (path: string): boolean => {
    const entry = tree.find(path)
    return entry?.type === "file" && (entry.mode & 0o111) !== 0
  }
  if (word.includes("/")) return isProgram(posix.resolve(workdir, word))
  const path = declaration.env.find((pair) => pair.startsWith("PATH="))?.slice("PATH=".length) ?? DEFAULT_PATH
  return path.split(":").some((folder) => isProgram(posix.resolve(workdir, folder, word)))
}

export const userRule: ImageRule = {
  id: "image/user",
  severity: "warning",
  finds: "A USER of the image that the manifest does not repeat",
  why: "Gears run as root unless custom.flywheel.uid says otherwise: outputs belong to root, and files in the home of the image's user are not where programs look.",
  check: ({ declaration, manifest }) => {
    const user = declaration?.user ?? ""
    if (manifest === undefined || /^(?:0|root)?(?::.*)?$/.test(user) || userOf(manifest).uid !== 0) return []
    const message = `the image has the USER ${JSON.stringify(user)}, and the gear runs as root all the same`
    const fix = `Write ${/^\d+/.test(user) ? `"uid": ${Number.parseInt(user, 10)}` : 'its number as "uid"'} into custom.flywheel`
    return [{ file: MANIFEST_FILE, message, fix }]
  },
}

export const rootUserRule: ImageRule = {
  id: "image/root-outputs",
  severity: "note",
  finds: "A gear that runs as root",
  why: "Where user ids are not mapped, its outputs belong to root, and who started it cannot remove them. As another user a gear also shows what it needs root for.",
  check: ({ manifest, scope }) => {
    if (scope === "sources" || manifest === undefined || userOf(manifest).uid !== 0) return []
    const message = "the gear runs as root, and its outputs belong to root where user ids are not mapped"
    return [{ file: MANIFEST_FILE, message, fix: 'Name a user: "custom": {"flywheel": {"uid": 1000, "gid": 1000}}' }]
  },
}

export const homeFolderRule: ImageRule = {
  id: "image/home",
  severity: "warning",
  finds: "A HOME of the gear that its user may not write to",
  why: "Programs keep caches and settings there, and end when they cannot.",
  check: ({ manifest, tree, scope }) => {
    const home = manifest?.environment?.["HOME"]
    const { uid, gid } = userOf(manifest)
    if (home === undefined || uid === 0 || scope === "sources" || home.startsWith("/tmp")) return []
    const entry = tree.find(home)
    if (entry === undefined) {
      return [{ file: home, message: "HOME leads to a folder that the image does not have", fix: HOME_FIX }]
    }
    const writes = entry.uid === uid ? 0o200 : entry.gid === gid ? 0o020 : 0o002
    if (entry.type === "folder" && (entry.mode & writes) !== 0) return []
    const message = `HOME leads here, and user ${uid} may not write to it (mode ${(entry.mode & 0o7777).toString(8)}, of user ${entry.uid})`
    return [{ file: home, message, fix: HOME_FIX }]
  },
}

const HOME_FIX = "Remove HOME from the manifest, so that the gear gets a home folder of its own"

export const platformRule: ImageRule = {
  id: "image/platform",
  severity: "warning",
  finds: "Programs for another platform than the image declares, or than most machines have",
  why: "Servers and clusters have linux/amd64, and Flywheel takes no other. An image built on a computer with an ARM processor is for that one unless --platform was given.",
  check: ({ platform, declaredPlatform }) => {
    const declared = declaredPlatform?.split("/").slice(0, 2).join("/")
    if (platform !== undefined && declared !== undefined && platform !== declared) {
      const message = `the image declares ${declared}, and its programs are for ${platform}`
      return [
        { file: "the image's config", message, fix: `Build it again with --platform ${declared}`, severity: "error" },
      ]
    }
    const actual = platform ?? declared
    if (actual === undefined || actual === "linux/amd64") return []
    const here = hostPlatform()
    const message = `its programs are for ${actual}, and servers have linux/amd64${actual === here ? "; it runs on this machine" : ""}`
    return [{ file: "the image", message, fix: "Build it with --platform linux/amd64" }]
  },
}

/** Rules about what an image says of itself, and what becomes of that. */
export const DECLARATION_RULES: readonly ImageRule[] = [
  environmentRule,
  entrypointRule,
  userRule,
  rootUserRule,
  homeFolderRule,
  platformRule,
]
