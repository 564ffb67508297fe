import { spawnSync } from "node:child_process"

/** A network of its own, as of another machine, joined to this one by a cable that can be pulled. */
export interface NetworkNamespace {
  /** Address of this machine as it is seen from there. */
  readonly hostAddress: string
  /** Words to put before a command, so that it runs there. */
  readonly enter: readonly string[]
  /** Pulls the cable: whatever is sent is lost, and neither side hears of it. */
  cut(): void
  mend(): void
  close(): void
}

/**
 * @param n  A number for each that is open at once.
 * @returns undefined where this machine does not let us, as without root.
 */
export function openNamespace(n: number): NetworkNamespace | undefined {
  const name = `gear-${process.pid}-${n}`
  const [here, there] = [`g${process.pid}h${n}`, `g${process.pid}t${n}`]
  // Of the block that is for trials of networks, four addresses each. @see https://www.rfc-editor.org/rfc/rfc2544
  const first = ((process.pid * 16 + n) % 32_768) * 4
  const address = (of: number): string =>
    `198.${18 + ((first + of) >> 16)}.${((first + of) >> 8) & 255}.${(first + of) & 255}`
  const close = (): void => {
    ip("link", "del", here)
    ip("netns", "del", name)
  }
  const isOpen =
    process.getuid?.() === 0 &&
    ip("netns", "add", name) &&
    ip("link", "add", here, "type", "veth", "peer", "name", there, "netns", name) &&
    ip("addr", "add", `${address(1)}/30`, "dev", here) &&
    ip("-n", name, "addr", "add", `${address(2)}/30`, "dev", there) &&
    ip("-n", name, "link", "set", "lo", "up") &&
    ip("-n", name, "link", "set", there, "up") &&
    ip("link", "set", here, "up")
  if (!isOpen) {
    close()
    return undefined
  }
  return {
    hostAddress: address(1),
    enter: ["nsenter", `--net=/run/netns/${name}`, "--"],
    cut: () => void ip("link", "set", here, "down"),
    mend: () => void ip("link", "set", here, "up"),
    close,
  }
}

function ip(...words: readonly string[]): boolean {
  return spawnSync("ip", words, { stdio: "ignore" }).status === 0
}
