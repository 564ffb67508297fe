/**
 * Tells an image from the name of a stored gear, by its looks alone, so that no file that happens to lie here changes what a name means.
 *
 * @example
 *   isImage("./gear.tar") // => true
 *   isImage("fsl-bet@1.0.0") // => false
 */
export function isImage(reference: string): boolean {
  return (
    reference === "-" ||
    reference.includes("/") ||
    /^\.{1,2}$/.test(reference) ||
    /\.(tar|tgz|tar\.(gz|zst))$/.test(reference)
  )
}
