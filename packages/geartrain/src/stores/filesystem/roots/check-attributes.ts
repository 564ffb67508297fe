import { countsInTree, isCountedXattr } from "@geartrain/spec"
import { type ByteReader, createByteReader } from "./byte-reader.ts"
import { listedEntries } from "./listed-entries.ts"
import type { ListedXattrs } from "./listing-lines.ts"
import { outputOf } from "./piped-process.ts"
import { padded, readTarMember } from "./tar-member.ts"

/**
 * Holds the extended attributes of an unpacked tree, access lists among them, against its listing. GNU tar reads them, as it wrote them: Node has no
 * way to.
 *
 * @param options.trueOwners  Whether attributes of the system are on the disk, too. Without, those of a file that its own mode keeps us from
 *   reading are passed over.
 * @returns what is wrong, as the end of a sentence about the tree.
 */
export async function* checkAttributes(
  folder: string,
  options: { readonly trueOwners: boolean },
): AsyncGenerator<string> {
  const listed = new Map<string, ListedXattrs>()
  for await (const { path, xattrs } of listedEntries(`${folder}/listing`)) {
    if (Object.keys(xattrs).length > 0) listed.set(path, xattrs)
  }
  const failed = (stderr: string): Error => new AttributesUnreadable(stderr.trim().split("\n")[0])
  const tar = outputOf(packCommand(`${folder}/tree`, options.trueOwners), { debianPackage: "tar", failed })
  const reader = createByteReader(tar)
  try {
    for (let member = await readTarMember(reader); member !== undefined; member = await readTarMember(reader)) {
      await pass(reader, padded(member.bodyBytes))
      // Another name of a file has none of its own, links have none that count, and what does not count at all is not listed.
      if (member.type === "1" || member.type === "2" || !countsInTree({ path: member.path, type: "file" })) continue
      const found = [...member.xattrs].map(([name, value]) => [name, value.toString("hex")] as const)
      const isWanted = ([name]: readonly [string, string]): boolean => isKept(name, options.trueOwners)
      const wanted = Object.entries(listed.get(member.path) ?? {}).filter(isWanted)
      if (textOf(found.filter(isWanted)) !== textOf(wanted)) {
        yield `its entry ${JSON.stringify(member.path)} has other extended attributes`
      }
    }
  } catch (error) {
    if (!(error instanceof AttributesUnreadable)) throw error
    // Whatever keeps tar from reading the tree is told, not thrown.
    yield `its extended attributes cannot be read: ${error.message}`
  } finally {
    await reader.close()
  }
}

class AttributesUnreadable extends Error {}

function packCommand(tree: string, trueOwners: boolean): readonly string[] {
  return [
    "tar",
    "--create",
    "--format=pax",
    "--sparse",
    "--numeric-owner",
    "--xattrs",
    "--xattrs-include=*",
    ...(trueOwners ? [] : ["--ignore-failed-read"]),
    `--directory=${tree}`,
    "--file=-",
    ".",
  ]
}

function isKept(name: string, trueOwners: boolean): boolean {
  return isCountedXattr(name) && (trueOwners || name.startsWith("user.") || name.startsWith("system."))
}

function textOf(xattrs: readonly (readonly [string, string])[]): string {
  return xattrs
    .map(([name, value]) => `${name}=${value}`)
    .toSorted()
    .join("\n")
}

async function pass(reader: ByteReader, sizeBytes: number): Promise<void> {
  for (let left = sizeBytes; left > 0; ) {
    const { length } = await reader.upTo(left)
    if (length === 0) throw new AttributesUnreadable("the tree ends too early")
    left -= length
  }
}
