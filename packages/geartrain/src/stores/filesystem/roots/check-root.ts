import type { TreeDigest } from "@geartrain/spec"
import { readdir } from "../../../system/files.ts"
import { systemCode } from "../../../system/system-code.ts"
import { createByteReader } from "./byte-reader.ts"
import { checkTree } from "./check-tree.ts"
import { hashRootFiles, ROOT_FILES, type RootFacts } from "./root-folder.ts"
import { readSkeleton } from "./skeleton-file.ts"
import { padded, readTarMember } from "./tar-member.ts"

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
  for (const name of await readdir(folder))
    if (!expected.has(name)) yield `${JSON.stringify(name)} does not belong to it`
  // What a damaged listing says about the tree would be noise.
  if (!whole) return
  if (facts.form === "tree") yield* checkTree(folder, facts)
  const treeBytes = facts.form === "tree" ? await skeletonBodyBytes(folder) : 0
  if (facts.treeBytes !== treeBytes)
    yield `its root.json says ${facts.treeBytes} bytes of files, and there are ${treeBytes}`
}

async function checkFile(folder: string, name: string, facts: RootFacts): Promise<string | undefined> {
  try {
    const found = (await hashRootFiles(folder, [name]))[name]
    const wanted = facts.files[name]
    if (found?.digest === wanted?.digest && found?.sizeBytes === wanted?.sizeBytes) return undefined
    return `its file "${name}" has digest ${found?.digest}, not ${wanted?.digest}`
  } catch (error) {
    // What cannot be read is damaged: it is told, not thrown.
    return `its file "${name}" cannot be read (${systemCode(error) ?? String(error)})`
  }
}

/** Bytes of the bodies of all files, as a skeleton that is whole has them. */
async function skeletonBodyBytes(folder: string): Promise<number> {
  const reader = createByteReader(readSkeleton(`${folder}/skeleton.zst`))
  try {
    let sizeBytes = 0
    for (let member = await readTarMember(reader); member !== undefined; member = await readTarMember(reader)) {
      sizeBytes += member.bodyBytes
      if (member.sparse) await reader.exactly(padded(member.bodyBytes))
    }
    return sizeBytes
  } finally {
    await reader.close()
  }
}
