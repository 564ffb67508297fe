import { isRoot } from "../../../system/host.ts"
import { readKernelFile } from "../../../system/linux/kernel-files.ts"

/** Settings of kernels that forbid ordinary users to make namespaces, with the value that does. */
const USER_NAMESPACE_SETTINGS = [
  { name: "kernel.apparmor_restrict_unprivileged_userns", forbids: "1", allows: "0" },
  { name: "kernel.unprivileged_userns_clone", forbids: "0", allows: "1" },
  { name: "user.max_user_namespaces", forbids: "0", allows: "15000" },
] as const

/**
 * What the user can do about a provider that does not work: one command, or one sentence.
 *
 * @param words  What the tool that was refused said.
 */
export function mendFor(words: string): string {
  if (/mount.*\bproc\b/i.test(words) && /permitted|denied/i.test(words))
    return "Run outside the container, or let it mount a /proc of its own (docker run --privileged)"
  if (/unshare|uid_map|setgroups|user namespace/i.test(words) && !isRoot()) return mendNamespaces()
  if (/overlay/i.test(words) && !isRoot())
    return "Run as root, or use Linux 5.11 or later, which lets users mount overlays"
  if (/permitted|denied/i.test(words))
    return "Run as root of the machine, or as an ordinary user, not as root without its rights"
  return "See what the tools said, and try another provider: gear doctor"
}

function mendNamespaces(): string {
  for (const { name, forbids, allows } of USER_NAMESPACE_SETTINGS) {
    const value = readKernelFile(`/proc/sys/${name.replaceAll(".", "/")}`)?.trim()
    if (value === forbids) return `sudo sysctl -w ${name}=${allows}`
  }
  return "Ask the administrator to let users make user namespaces, or run as root"
}
