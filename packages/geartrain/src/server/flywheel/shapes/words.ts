/**
 * A time as Flywheel writes it.
 *
 * @example
 *   timeOf(0) // => "1970-01-01T00:00:00.000+00:00"
 */
export function timeOf(ms: number): string {
  return new Date(ms).toISOString().replace("Z", "+00:00")
}

/** Who made something: a user by id, or a job. */
export interface OriginShape {
  readonly type: "user" | "job" | "system"
  readonly id: string
}
