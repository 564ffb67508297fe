import type { TreeDigest } from "@geartrain/spec"
import { readdir } from "../../../system/files.ts"
import { checkTree } from "./check-tree.ts"
import { hashRootFiles, ROOT_FILES, type RootFacts } from "./root-folder.ts"

/** More sentences than this help nobody: the root has to be stored anew in any case. */
const MOST_SENTENCES = 100

/** Reads every byte of a root, and answers what is wrong with it. */
export async function checkRoot(folder: string, tree: TreeDigest, facts: RootFacts): Promise<readonly string[]> {
  const sentences: string[] = []
  let more = 0
  for await (const wrong of findings(folder, tree, facts)) {
    if (sentences.length < MOST_SENTENCES) sentences.push(`Root filesystem "${tree}" is damaged: ${wrong}`)
    else more++
  }
  if (more > 0) sentences.push(`Root filesystem "${tree}" is damaged: ${more} more entries are wrong`)
  return sentences
}

async function* findings(folder: string, tree: TreeDigest, facts: RootFacts): AsyncGenerator<string> {
  const names = ROOT_FILES[facts.form]
  let whole = true
  for (const name of names) {
    const wrong = await checkFile(folder, name, facts)
    whole &&= wrong === undefined
    if (wrong !== undefined) yield wrong
  }
  if (facts.files["listing"]?.digest !== tree) yield `its listing has digest ${facts.files["listing"]?.digest}`
  const expected = new Set([...names, "root.json", ...(facts.form === "tree" ? ["tree"] : [])])
  for (const name of await readdir(folder)) if (!expected.has(name)) yield `"${name}" does not belong to it`
  // What a damaged listing says about the tree would be noise.
  if (facts.form === "tree" && whole) yield* checkTree(folder, facts)
}

async function checkFile(folder: string, name: string, facts: RootFacts): Promise<string | undefined> {
  try {
    const found = (await hashRootFiles(folder, [name]))[name]
    const wanted = facts.files[name]
    if (found?.digest === wanted?.digest && found?.sizeBytes === wanted?.sizeBytes) return undefined
    return `its file "${name}" has digest ${found?.digest}, not ${wanted?.digest}`
  } catch (error) {
    // What cannot be read is damaged: it is told, not thrown.
    return `its file "${name}" cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`
  }
}
