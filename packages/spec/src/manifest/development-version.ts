/**
 * Whether a version is one that still changes: it ends with `-dev`, perhaps with a point and more after it. Every other one means one gear for
 * ever, once it was published.
 *
 * @example
 *   isDevelopmentVersion("1.2.0-dev") // => true
 *   isDevelopmentVersion("1.2.0-dev.3") // => true
 *   isDevelopmentVersion("1.2.0-devel") // => false
 */
export function isDevelopmentVersion(version: string): boolean {
  return /-dev(\.[0-9A-Za-z.-]+)?$/.test(version)
}
