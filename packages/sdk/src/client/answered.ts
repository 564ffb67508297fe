import { GeartrainError } from "@geartrain/spec"

/**
 * The body of an answer. Errors are thrown by the client, so that there is one.
 *
 * @throws {GeartrainError} SERVER_REPLY_UNREADABLE when there is none all the same.
 */
export function answered<Data>({ data }: { readonly data?: Data }): Data {
  if (data !== undefined) return data
  throw new GeartrainError("SERVER_REPLY_UNREADABLE", "The server answered with nothing", {
    hint: "Try again; if it stays so, update this program to the server's version",
  })
}
