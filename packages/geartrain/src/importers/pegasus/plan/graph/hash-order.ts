/**
 * The order in which Java's HashMap gives its keys. Pegasus' planner goes through its jobs and files in it, and so it decides which of
 * several transfer jobs carries which file: whoever wants the same plan needs the same order.
 *
 * @see java.lang.String, "hashCode"; java.util.HashMap: a table of a power of two, at most three quarters full, indexed by the hash's low
 *   bits after its high half was folded in.
 */
export function javaHashOrder(keys: Iterable<string>, capacity = 0): string[] {
  const all = [...keys]
  const mask = Math.max(capacity, tableSize(all.length)) - 1
  const buckets = all.map((key) => ({ key, bucket: spread(javaHash(key)) & mask }))
  // Sorting is stable: within a bucket, what came first stays first.
  return buckets.sort((one, other) => one.bucket - other.bucket).map(({ key }) => key)
}

/** How large a table has become that so many keys were put into, one after the other. */
export function tableSize(count: number): number {
  let size = 16
  while (count > size * 0.75) size *= 2
  return size
}

/**
 * @example
 *   javaHash("level1_ID0000001") // => 1478638628
 *   javaHash("") // => 0
 */
export function javaHash(text: string): number {
  let hash = 0
  for (let index = 0; index < text.length; index++) hash = (Math.imul(31, hash) + text.charCodeAt(index)) | 0
  return hash
}

function spread(hash: number): number {
  return hash ^ (hash >>> 16)
}
