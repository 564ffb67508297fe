import { isZeroBlock, readHeader } from "../../packing/tar/tar-header.ts"
import type { FileComparison } from "../file-comparison.ts"
import type { FileSource } from "../file-source.ts"
import type { Format, FormatMeans } from "../format.ts"
import { compareMembers, hasOtherContent } from "./compare-members.ts"
import { SetAside } from "./set-aside.ts"
import { MEMBER_FACTS, setMembersAside, type TarMember, type TarMembers, tarMembers } from "./tar-members.ts"
import type { UnpackBudget } from "./unpack-budget.ts"

const BLOCK_BYTES = 512

/**
 * Archives member by member: content by its own format, and what else the headers say (time, mode, owner, …) apart from it. Times count to the
 * second, owners by their number. How a header is written does not count.
 *
 * @see POSIX.1-2017, pax, "ustar Interchange Format"
 */
export const TAR: Format = {
  name: "tar",
  fits: (head) => isTar(head),
  compare: compareTars,
}

function isTar(head: Uint8Array): boolean {
  const block = Buffer.from(head.buffer, head.byteOffset, Math.min(BLOCK_BYTES, head.length))
  return block.length === BLOCK_BYTES && !isZeroBlock(block) && readHeader(block) !== undefined
}

async function compareTars(a: FileSource, b: FileSource, means: FormatMeans): Promise<FileComparison> {
  const { budget } = means
  const sides = {
    a: { source: a, members: await tarMembers(a, budget) },
    b: { source: b, members: await tarMembers(b, budget) },
  }
  const differing = namesWithOtherContent(sides.a.members, sides.b.members)
  const aside = new SetAside()
  try {
    const kept = {
      a: await keep(sides.a, differing, { aside, budget }),
      b: await keep(sides.b, differing, { aside, budget }),
    }
    const open = (side: "a" | "b", name: string): FileSource | undefined => kept[side].get(name)
    return await compareMembers([sides.a.members, sides.b.members], { format: "tar", facts: MEMBER_FACTS, open }, means)
  } finally {
    await aside.close()
  }
}

function namesWithOtherContent(a: TarMembers, b: TarMembers): ReadonlySet<string> {
  return new Set(
    [...a].flatMap(([name, member]) => {
      const other = b.get(name)
      return other !== undefined && hasOtherContent(member, other) ? [name] : []
    }),
  )
}

/** Members that are looked into: in their place where the archive can be read from there, else from a copy. */
async function keep(
  { source, members }: { readonly source: FileSource; readonly members: TarMembers },
  names: ReadonlySet<string>,
  room: { readonly aside: SetAside; readonly budget: UnpackBudget },
): Promise<ReadonlyMap<string, FileSource>> {
  if (names.size === 0) return new Map()
  const inPlace = new Map<string, FileSource>()
  for (const name of names) {
    const member = members.get(name)
    const found = member && partOf(source, member)
    if (found !== undefined) inPlace.set(name, found)
  }
  const others = new Set([...names].filter((name) => !inPlace.has(name)))
  return new Map([...inPlace, ...(await setMembersAside(source, others, room))])
}

function partOf(source: FileSource, { name, bodyOffset, sizeBytes }: TarMember): FileSource | undefined {
  const { part } = source
  if (part === undefined || bodyOffset === undefined) return undefined
  const read = (start: number, end: number): AsyncIterable<Uint8Array> =>
    part.call(source, bodyOffset + start, bodyOffset + Math.min(end, sizeBytes))
  return { name: name.split("/").at(-1) ?? "", chunks: () => read(0, sizeBytes), part: read }
}
