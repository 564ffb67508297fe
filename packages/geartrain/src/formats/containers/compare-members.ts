import { comparison, type FileComparison, Findings } from "../file-comparison.ts"
import type { FileSource } from "../file-source.ts"
import type { FormatMeans } from "../format.ts"

/** What an archive says of one of its members. */
export interface Member {
  readonly name: string
  readonly sizeBytes: number
  /** Two with the same need not be opened. Empty for what has no content, such as a folder. */
  readonly checksum: string
  /** What it says beside the content, in the order of `MemberKind.facts`. */
  readonly facts: readonly string[]
}

/** How the members of one kind of archive are told. */
export interface MemberKind {
  readonly format: string
  /** Words for what archives of this kind say of a member, such as `time`. */
  readonly facts: readonly string[]
  /** The content of a member; undefined where it is too large to be looked into. */
  readonly open: (side: "a" | "b", name: string) => FileSource | undefined
}

export type Members = ReadonlyMap<string, Member>

/**
 * Compares archives member by member: which are there, what is said of them, and those whose content differs by their own formats. The order
 * of members is told where nothing else differs.
 */
export async function compareMembers(
  [a, b]: readonly [Members, Members],
  kind: MemberKind,
  { inside }: FormatMeans,
): Promise<FileComparison> {
  const findings = new Findings()
  const count = { members: 0, content: 0, facts: kind.facts.map(() => 0) }
  for (const name of [...new Set([...a.keys(), ...b.keys()])].toSorted()) {
    const [one, two] = [a.get(name), b.get(name)]
    if (one === undefined || two === undefined) {
      count.members += 1
      findings.add(name, one && `${one.sizeBytes} bytes`, two && `${two.sizeBytes} bytes`)
      continue
    }
    if (hasOtherContent(one, two) && (await compareContent([one, two], { kind, inside, findings }))) count.content += 1
    for (const [index, fact] of kind.facts.entries()) {
      if (one.facts[index] === two.facts[index]) continue
      count.facts[index] = (count.facts[index] ?? 0) + 1
      findings.add(`${name}: ${fact}`, one.facts[index], two.facts[index])
    }
  }
  const parts = [
    ...(count.members === 0 ? [] : [`${count.members} members are in one only`]),
    ...(count.content === 0 ? [] : [`${count.content} members differ`]),
    ...count.facts.flatMap((members, index) =>
      members === 0 ? [] : [`${members} members have another ${kind.facts[index]}`],
    ),
  ]
  const isReordered = parts.length === 0 && !isSameOrder(a, b)
  return comparison(kind.format, findings, {
    summary:
      parts.length === 0 ? `the same ${a.size} members${isReordered ? ", in another order" : ""}` : parts.join("; "),
    ...(isReordered ? { onlyOrder: true as const } : {}),
  })
}

/** Whether two members of one name have other bytes. A folder in the place of a file is told by its facts. */
export function hasOtherContent(a: Member, b: Member): boolean {
  return (a.checksum !== b.checksum || a.sizeBytes !== b.sizeBytes) && a.checksum !== "" && b.checksum !== ""
}

async function compareContent(
  [one, two]: readonly [Member, Member],
  { kind, inside, findings }: { readonly kind: MemberKind; readonly findings: Findings } & Pick<FormatMeans, "inside">,
): Promise<boolean> {
  const { name } = one
  const [left, right] = [kind.open("a", name), kind.open("b", name)]
  if (left === undefined || right === undefined) {
    findings.add(`${name}: content, not looked into`, `${one.sizeBytes} bytes`, `${two.sizeBytes} bytes`)
    return true
  }
  const content = await inside(left, right)
  if (!content.same) findings.addAll(`${name} (${content.format})`, content)
  return !content.same
}

function isSameOrder(a: Members, b: Members): boolean {
  const others = b.keys()
  return [...a.keys()].every((name) => name === others.next().value)
}
