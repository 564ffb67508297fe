/** What the user's environment says about files of other programs. */

/** A path below the folder that a variable names; nothing where the variable is not set. */
export function userFile(variable: string, path: string): string | undefined {
  const folder = process.env[variable]
  return folder === undefined || folder === "" ? undefined : `${folder}/${path}`
}

export function standardInput(): AsyncIterable<Uint8Array> {
  return process.stdin
}

/** Standard output, that takes no more than its reader does. */
export function standardOutput(): { write(bytes: Uint8Array): Promise<void> } {
  return {
    write: (bytes) =>
      new Promise((resolve, reject) => {
        process.stdout.write(bytes, (error) => (error ? reject(error) : resolve()))
      }),
  }
}
