import { lstat, open, utimes } from "node:fs/promises"

/** Damages one byte of a file, as a disk might: with its times as they were. Twice is undone. */
export async function flipByte(path: string, at: number, mask = 0x01): Promise<void> {
  const stats = await lstat(path)
  const file = await open(path, "r+")
  try {
    const byte = Buffer.alloc(1)
    await file.read(byte, 0, 1, at)
    byte[0] = (byte[0] ?? 0) ^ mask
    await file.write(byte, 0, 1, at)
  } finally {
    await file.close()
  }
  await utimes(path, stats.atime, stats.mtime)
}
