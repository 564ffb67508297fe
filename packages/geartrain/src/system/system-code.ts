/**
 * The system's word for what went wrong, such as `ENOENT`; undefined for what is no error of the system's.
 *
 * @see errno(3)
 * @example
 *   systemCode(Object.assign(new Error("no such file"), { code: "ENOENT" })) // => "ENOENT"
 *   systemCode(new RangeError("a bug")) // => undefined
 */
export function systemCode(error: unknown): string | undefined {
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : undefined
  return typeof code === "string" ? code : undefined
}
