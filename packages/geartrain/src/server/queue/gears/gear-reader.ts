import type { Gear } from "@geartrain/spec"

/** Computes what gear a file is. The server believes no one else about it. */
export interface GearReader {
  /**
   * Reads a packed gear to its end, and keeps nothing.
   *
   * @param bytes  As `gear export` packs it.
   * @throws {GeartrainError} IMAGE_… and MANIFEST_… for what is no gear.
   */
  read(bytes: AsyncIterable<Uint8Array>): Promise<Pick<Gear, "id" | "platform" | "tree" | "manifest">>
}
