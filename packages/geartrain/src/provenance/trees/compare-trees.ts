import { comparePaths } from "@geartrain/spec"

/** What a listing tells of an entry of a root filesystem. */
export interface TreeListed {
  readonly path: string
  readonly type: string
  /** Digest of a file's bytes. */
  readonly hex?: string
  readonly mode?: number
  readonly uid: number
  readonly gid: number
  readonly mtimeS?: number
  readonly target?: string
  /** Name to value; canonical, so that equal ones are in one order. */
  readonly xattrs: Readonly<Record<string, string>>
}

/** In what two root filesystems differ, by path, in the order of paths. */
export interface TreeComparison {
  readonly added: readonly string[]
  readonly removed: readonly string[]
  readonly changed: readonly ChangedEntry[]
  readonly packages: PackageComparison
}

export interface ChangedEntry {
  readonly path: string
  /** The bytes, or what it is or points to; else who may use it; else nothing but the time. */
  readonly what: "contents" | "permissions" | "time"
}

export interface PackageComparison {
  readonly added: readonly string[]
  readonly removed: readonly string[]
  /** Of Debian: other files under the same name. A package of Python has its version in its name. */
  readonly changed: readonly string[]
}

/**
 * Compares two root filesystems by their canonical listings.
 *
 * @param a  In the order of `comparePaths`, as listings are; so is `b`.
 */
export async function compareTrees(
  a: AsyncIterable<TreeListed>,
  b: AsyncIterable<TreeListed>,
): Promise<TreeComparison> {
  const added: string[] = []
  const removed: string[] = []
  const changed: ChangedEntry[] = []
  for await (const [left, right] of joined(a, b)) {
    if (left === undefined) added.push(right?.path ?? "")
    else if (right === undefined) removed.push(left.path)
    else {
      const what = differenceOf(left, right)
      if (what !== undefined) changed.push({ path: left.path, what })
    }
  }
  const contents = changed.filter(({ what }) => what === "contents").map(({ path }) => path)
  return { added, removed, changed, packages: packagesOf({ added, removed, contents }) }
}

type Pair = readonly [TreeListed | undefined, TreeListed | undefined]

async function* joined(a: AsyncIterable<TreeListed>, b: AsyncIterable<TreeListed>): AsyncGenerator<Pair> {
  const left = a[Symbol.asyncIterator]()
  const right = b[Symbol.asyncIterator]()
  let [x, y] = await Promise.all([left.next(), right.next()])
  while (x.done !== true || y.done !== true) {
    const order = x.done === true ? 1 : y.done === true ? -1 : comparePaths(x.value.path, y.value.path)
    yield [order <= 0 ? x.value : undefined, order >= 0 ? y.value : undefined]
    if (order <= 0) x = await left.next()
    if (order >= 0) y = await right.next()
  }
}

function differenceOf(a: TreeListed, b: TreeListed): ChangedEntry["what"] | undefined {
  if (a.type !== b.type || a.hex !== b.hex || a.target !== b.target) return "contents"
  const sameUse =
    a.mode === b.mode && a.uid === b.uid && a.gid === b.gid && JSON.stringify(a.xattrs) === JSON.stringify(b.xattrs)
  if (!sameUse) return "permissions"
  return a.mtimeS === b.mtimeS ? undefined : "time"
}

/**
 * Debian keeps a list of the files of each package, and Python a folder of notes: so a listing alone tells which packages there are.
 *
 * @see dpkg(1), /var/lib/dpkg/info; Python packaging, "Recording installed projects"
 */
function packagesOf(paths: {
  readonly added: readonly string[]
  readonly removed: readonly string[]
  readonly contents: readonly string[]
}): PackageComparison {
  const names = (list: readonly string[], pattern: RegExp): string[] =>
    list.flatMap((path) => pattern.exec(path)?.[1] ?? [])
  const both = (list: readonly string[]): string[] => [...names(list, DEBIAN_LIST), ...names(list, PYTHON_NOTES)]
  const changed = new Set([...names(paths.contents, DEBIAN_SUMS), ...names(paths.contents, DEBIAN_LIST)])
  return {
    added: both(paths.added).toSorted(comparePaths),
    removed: both(paths.removed).toSorted(comparePaths),
    changed: [...changed].toSorted(comparePaths),
  }
}

const DEBIAN_LIST = /^var\/lib\/dpkg\/info\/([^/:]+)(?::[a-z0-9]+)?\.list$/
const DEBIAN_SUMS = /^var\/lib\/dpkg\/info\/([^/:]+)(?::[a-z0-9]+)?\.md5sums$/
/** Of Debian's own Python packages the package tells already: they lie in dist-packages below /usr/lib. */
const PYTHON_NOTES = /^(?!usr\/lib\/python3\/dist-packages\/).*\/([^/]+)\.dist-info\/METADATA$/
