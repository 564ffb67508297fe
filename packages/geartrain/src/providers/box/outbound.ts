import { GeartrainError } from "@geartrain/spec"
import { delay } from "../../system/clock.ts"
import { findProgram } from "../../system/linux/find-program.ts"
import { isWritable, readKernelFile } from "../../system/linux/kernel-files.ts"
import { writeSmallFile } from "../../system/linux/small-folders.ts"
import { watchFolder } from "../../system/linux/watch-folder.ts"
import type { Holder } from "./holder/holder.ts"
import { shellWord, shellWords } from "./holder/shell-words.ts"
import type { BoxFolder } from "./root/box-folder.ts"

/** A network namespace from which connections can be made outwards. */
export interface OutboundNetwork {
  /** Path of the namespace, in the holder's mount namespace. */
  readonly namespace: string
  close(): Promise<void>
}

/** Ready after 30 ms on a quiet machine. */
const READY_TIME_LIMIT_MS = 10_000

/** Whether it is worth trying. @see slirp4netns(1): it makes its interface through /dev/net/tun. */
export function mayReachOut(): boolean {
  return findProgram("slirp4netns") !== undefined && isWritable("/dev/net/tun")
}

/**
 * Makes a network namespace whose only way out is a process that makes the connections in its stead: no packet reaches the machine's own
 * network, nothing can connect inwards, and the machine's loopback cannot be reached.
 *
 *   <folder>/net             the namespace
 *   <folder>/network.pid     the process, by its number in the holder's namespace
 *   <folder>/network.ready   not empty when the network works
 *   <folder>/network.log     what it says
 *
 * @throws {GeartrainError} PROVIDER_FAILED with the words of the tool.
 */
export async function openOutboundNetwork(
  folder: Pick<BoxFolder, "inside" | "view">,
  holder: Holder,
): Promise<OutboundNetwork> {
  const { inside, view } = folder
  writeSmallFile(`${view}/network.sh`, networkScript(inside, findProgram("slirp4netns") ?? "slirp4netns"), 0o600)
  const ended = holder.run(`${inside}/network.sh`)
  const isReady = await becomesReady(view, ended)
  const close = async (): Promise<void> => {
    const pid = readKernelFile(`${view}/network.pid`)?.trim()
    if (pid !== undefined && pid !== "") holder.send(`kill KILL ${pid}`)
    await ended
  }
  if (isReady) return { namespace: `${inside}/net`, close }
  await close()
  const words = (readKernelFile(`${view}/network.log`) ?? "").trim().split("\n").slice(-3).join("; ")
  throw new GeartrainError("PROVIDER_FAILED", `Cannot make a network for a box: slirp4netns is not ready: ${words}`, {
    hint: "Give your user access to /dev/net/tun, or run without network",
  })
}

function networkScript(folder: string, program: string): string {
  const slirp = shellWords([
    program,
    ...["--configure", "--mtu=65520", "--disable-host-loopback", "--enable-sandbox", "--enable-seccomp"],
    ...["--ready-fd=4", "--netns-type=path", "net", "tap0"],
  ])
  return `cd ${shellWord(folder)} || exit 125
exec </dev/null >network.log 2>&1
: >net && unshare --net=net true || exit 125
${slirp} 4>network.ready 3>&- &
echo "$!" >network.pid
wait "$!"
`
}

async function becomesReady(folder: string, ended: Promise<unknown>): Promise<boolean> {
  const isFilled = (name: string): boolean => (readKernelFile(`${folder}/${name}`) ?? "") !== ""
  // Without its number it could not be ended.
  const isReady = (): boolean => isFilled("network.ready") && isFilled("network.pid")
  const over = new AbortController()
  const { promise, resolve } = Promise.withResolvers<void>()
  const watcher = watchFolder(folder, () => {
    if (isReady()) resolve()
  })
  try {
    // Whatever comes first: it is ready, it has ended, or it takes too long.
    await Promise.race([promise, ended, delay(READY_TIME_LIMIT_MS, over.signal).catch(() => undefined)])
    return isReady()
  } finally {
    over.abort()
    watcher.close()
  }
}
