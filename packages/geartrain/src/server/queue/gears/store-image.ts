import type { BlobDescriptor } from "@geartrain/ports"
import type { Digest } from "@geartrain/spec"
import type { Caller } from "../../people/caller.ts"
import { storeBytes } from "../blobs/job-blobs.ts"
import type { QueuePorts } from "../queue-ports.ts"

/**
 * Stores the image of a gear that is to be registered.
 *
 * @throws {GeartrainError} NOT_PERMITTED, UPLOAD_UNFIT, STORE_FULL
 */
export async function storeImage(
  ports: QueuePorts,
  caller: Caller,
  image: { readonly digest: Digest; readonly bytes: AsyncIterable<Uint8Array> },
): Promise<BlobDescriptor> {
  await ports.access.needSiteAdmin(caller, "gear.image")
  return storeBytes(ports, image)
}
