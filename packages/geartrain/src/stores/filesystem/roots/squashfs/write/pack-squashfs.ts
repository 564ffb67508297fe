import type { ImagePlace } from "../../../../../packing/place/image-place.ts"
import { driveTar } from "../../../../../packing/tar/read-tar.ts"
import { type FileHandle, open, unlink } from "../../../../../system/files.ts"
import { readAtOnce } from "../../../../../system/small-file.ts"
import { writeAt } from "../../../../../system/write-at.ts"
import { SUPERBLOCK_BYTES } from "../superblock.ts"
import { AttributeTable } from "./attribute-table.ts"
import { BlockOutput } from "./block-output.ts"
import { BodyPacker } from "./body-packer.ts"
import { encodeSuperblock } from "./encode-superblock.ts"
import { IdTable } from "./id-table.ts"
import { ImageOutput } from "./image-output.ts"
import { LinkedFiles } from "./linked-files.ts"
import { writeLookupTable } from "./lookup-table-writer.ts"
import { MetadataWriter } from "./metadata-writer.ts"
import { SpillingSorter } from "./sorting/spilling-sorter.ts"
import { TailTable } from "./tail-table.ts"
import { TreePacker } from "./tree-packer.ts"
import { type WrittenTree, writeInodes } from "./write-inodes.ts"

/** Whoever mounts a file reads whole pages of it. */
const PAGE_BYTES = 4096
const COPIED_BYTES = 1024 * 1024

/**
 * Packs a tar as squashfs 4.0 with zstd. The same tar gives the same bytes again.
 *
 * Owners, modes, whole seconds, `user.`, `trusted.` and `security.` attributes, hard links, holes and devices are all kept; a fraction of a second is
 * not. Takes a dozen megabytes of memory, whatever the number of files: inodes are sorted in a file beside the image, which has lost its name by then.
 * Only files with several names, and what one folder lists, are in memory together.
 *
 * @param path  Where nothing lies yet. On the disk when this is answered; what is there after an error is the caller's to remove.
 * @param place  What to call the tar in errors.
 * @throws {GeartrainError} IMAGE_* for what is no tar
 * @throws {RangeError} for what squashfs cannot hold
 */
export async function packSquashfs(path: string, tar: AsyncIterable<Uint8Array>, place: ImagePlace): Promise<void> {
  const image = await open(path, "wx", 0o600)
  const opened: { close(): Promise<void> }[] = [image]
  try {
    const output = new ImageOutput(image, SUPERBLOCK_BYTES)
    const blocks = new BlockOutput(output)
    opened.push(blocks)
    const sorter = new SpillingSorter(() => openNameless(`${path}.inodes`))
    opened.push(sorter)
    const tails = new TailTable(blocks)
    const [linked, ids, attributes] = [new LinkedFiles(), new IdTable(), new AttributeTable()]
    const packer = new TreePacker({ bodies: new BodyPacker(blocks, tails), sorter, linked, ids, attributes })
    for await (const _ of driveTar(tar, packer, { place })) {
      await blocks.room()
      await sorter.room()
    }
    packer.end()
    tails.end()
    await blocks.end()
    await sorter.end()
    const inodeTable = output.position
    const listings = await openNameless(`${path}.listings`)
    opened.push(listings)
    const tree = await writeTree({ sorter, linked, output, listings })
    const folderTable = output.position
    await append(output, listings, tree.listingBytes)
    const tailTable = await writeLookupTable(output, tails.records())
    const idTable = await writeLookupTable(output, ids.records())
    const xattrTable = await attributes.write(output)
    const usedBytes = output.position
    await output.settle()
    const tables = { inodeTable, folderTable, tailTable, idTable, tailBlocks: tails.count, idCount: ids.count }
    const superblock = encodeSuperblock({
      ...tree,
      ...tables,
      usedBytes,
      ...(xattrTable === undefined ? {} : { xattrTable }),
    })
    await writeAt(image, superblock, 0)
    await image.truncate(Math.ceil(usedBytes / PAGE_BYTES) * PAGE_BYTES)
    await image.chmod(0o444)
    await image.sync()
  } finally {
    for (const each of opened.reverse()) await each.close()
  }
}

/** A file that goes with whoever has it open. */
async function openNameless(path: string): Promise<FileHandle> {
  const file = await open(path, "wx+", 0o600)
  await unlink(path)
  return file
}

interface TreeParts {
  readonly sorter: SpillingSorter
  readonly linked: LinkedFiles
  readonly output: ImageOutput
  readonly listings: FileHandle
}

/** Inodes go into the image; the listings of folders, which come after all of them, are put aside meanwhile. */
async function writeTree(parts: TreeParts): Promise<WrittenTree & { readonly listingBytes: number }> {
  const { sorter, linked, output } = parts
  const aside = new ImageOutput(parts.listings)
  const inodes = new MetadataWriter((bytes) => output.push(bytes))
  const listings = new MetadataWriter((bytes) => aside.push(bytes))
  const room = async (): Promise<void> => {
    await output.room()
    await aside.room()
  }
  try {
    const tree = await writeInodes(() => sorter.sorted(), linked, { inodes, listings, room })
    await inodes.end()
    const listingBytes = await listings.end()
    await aside.settle()
    return { ...tree, listingBytes }
  } finally {
    inodes.close()
    listings.close()
  }
}

async function append(output: ImageOutput, file: FileHandle, sizeBytes: number): Promise<void> {
  const chunk = Buffer.allocUnsafeSlow(Math.min(COPIED_BYTES, sizeBytes))
  for (let position = 0; position < sizeBytes; position += chunk.length) {
    const length = readAtOnce(file, chunk, { position, length: Math.min(chunk.length, sizeBytes - position) })
    output.push(chunk.subarray(0, length))
    await output.room()
  }
}
