/**
 * Tells whether a path in the output folder matches a pattern: `*` is anything but `/`, `**` also that, `?` one character but `/`. Everything
 * else stands for itself.
 *
 * @example
 *   matchesFile("*.nii.gz", "mask.nii.gz") // => true
 *   matchesFile("*.nii.gz", "sub/mask.nii.gz") // => false
 *   matchesFile("sub/**", "sub/a/mask.nii.gz") // => true
 */
export function matchesFile(pattern: string, path: string): boolean {
  // Remembers the last star only: so it takes at most pattern × path steps, whatever the pattern is.
  let at = 0
  let inPattern = 0
  let star: { readonly after: number; from: number; readonly crosses: boolean } | undefined
  const outer: (typeof star)[] = []
  while (at < path.length) {
    const isStar = pattern[inPattern] === "*"
    if (isStar) {
      const crosses = pattern[inPattern + 1] === "*"
      const after = inPattern + (crosses ? 2 : 1)
      if (crosses) outer.length = 0
      else if (star?.crosses === true) outer.push(star)
      star = { after, from: at, crosses }
      inPattern = after
    } else if (
      inPattern < pattern.length &&
      (pattern[inPattern] === path[at] || (pattern[inPattern] === "?" && path[at] !== "/"))
    ) {
      at++
      inPattern++
    } else {
      while (star !== undefined && !star.crosses && path[star.from] === "/") star = outer.pop()
      if (star === undefined) return false
      star.from++
      at = star.from
      inPattern = star.after
    }
  }
  while (pattern[inPattern] === "*") inPattern++
  return inPattern === pattern.length
}
