import { readdir } from "../../system/files.ts"
import type { ReadInput } from "../phases/read-input.ts"

/** Up to so many files are mounted one by one, which costs a millisecond each and more the more there are. */
const FEW = 64

/**
 * Finds the folders among the inputs that can be mounted whole: those with many files, that lie as they are to be seen and have nothing else in
 * them.
 *
 * @returns name of the input and of the folder, with a slash between them, to the absolute path.
 */
export async function wholeFolders(inputs: ReadonlyMap<string, ReadInput>): Promise<ReadonlyMap<string, string>> {
  const members = new Map<string, string[]>()
  for (const key of inputs.keys()) {
    const [input = "", folder = "", ...rest] = key.split("/")
    if (rest.length === 0) continue
    const name = `${input}/${folder}`
    members.set(name, [...(members.get(name) ?? []), rest.join("/")])
  }
  const whole = new Map<string, string>()
  for (const [name, paths] of members) {
    const root = paths.length > FEW ? rootOf(name, paths, inputs) : undefined
    if (root !== undefined && (await holdsJust(root, paths))) whole.set(name, root)
  }
  return whole
}

/** The folder in which all files lie under their own names, if there is one. */
function rootOf(name: string, paths: readonly string[], inputs: ReadonlyMap<string, ReadInput>): string | undefined {
  const [first = ""] = paths
  const root = inputs.get(`${name}/${first}`)?.path.slice(0, -first.length - 1)
  const isRoot = paths.every((path) => inputs.get(`${name}/${path}`)?.path === `${root}/${path}`)
  return isRoot ? root : undefined
}

/** Tells whether a folder has these files in it, and nothing but them and their folders. */
export async function holdsJust(root: string, paths: readonly string[]): Promise<boolean> {
  const wanted = new Set(paths)
  try {
    const entries = await readdir(root, { recursive: true, withFileTypes: true })
    const files = entries.filter((entry) => !entry.isDirectory())
    return (
      files.length === wanted.size &&
      files.every(({ parentPath, name }) => wanted.has(`${parentPath}/${name}`.slice(root.length + 1)))
    )
  } catch {
    // It cannot be looked into, so that it is not what it was.
    return false
  }
}
