// Linux, NAME_MAX.
const LONGEST_NAME_BYTES = 255

/**
 * Tells whether a text can be the name of a file or folder: one step of a path, and no way out of the folder.
 *
 * @example
 *   isFolderName("a b") // => true
 *   isFolderName("..") // => false
 */
export function isFolderName(name: string): boolean {
  if (name === "" || name === "." || name === ".." || /[/\0]/.test(name)) return false
  return new TextEncoder().encode(name).length <= LONGEST_NAME_BYTES
}
