/** What an overlay is made of. */
export interface OverlayParts {
  /** Folders that are the root filesystem, the uppermost first. Without odd characters. */
  readonly lowers: readonly string[]
  /** Mounted by root of a user namespace, who keeps the layer's own marks elsewhere. */
  readonly userNamespace: boolean
  /** Linux 5.10 or later: nothing of what is thrown away needs to reach the disk. */
  readonly volatile: boolean
}

/**
 * The mount options of a box's root filesystem.
 *
 * @param writable  The folder with `upper` and `work`, without odd characters: mount options have no good way to write a comma.
 */
export function overlayOptions({ lowers, userNamespace, volatile }: OverlayParts, writable: string): string {
  return [
    "nodev",
    "nosuid",
    ...(volatile ? ["volatile"] : []),
    ...(userNamespace ? ["userxattr"] : []),
    `lowerdir=${lowers.join(":")}`,
    `upperdir=${writable}/upper`,
    `workdir=${writable}/work`,
  ].join(",")
}
