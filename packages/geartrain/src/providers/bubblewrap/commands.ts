import type { BackendCommand, PreparedBox } from "../box/backend.ts"
import { programBeside } from "../box/holder/holder-script.ts"
import { GEAR_CAPABILITIES, HOST_NAME, MASKED_PATHS, READ_ONLY_PATHS } from "../box/root/gear-capabilities.ts"

/** In the box's folder: the options (which have the environment in them, and no place in the list of processes), what it reports, the filter. */
export const OPTIONS_FILE = "bwrap.options"
export const STATUS_FILE = "bwrap.status"
export const FILTER_FILE = "seccomp.bpf"

/** Descriptors for these files. */
const OPTIONS = 6
const STATUS = 4
const FILTER = 5

/** The kernel counts file sizes for the shell in these. @see POSIX, ulimit */
const BLOCK_BYTES = 512

/**
 * How to start bubblewrap for the shell.
 *
 * @param env  Program and option that undo what a shell does to its background processes: it lets them ignore the keyboard's signals. Empty
 *   where there is no such program.
 */
export function bwrapCommand(program: string, prepared: PreparedBox, env: readonly string[]): BackendCommand {
  const { coreBytes, openFiles, fileBytes } = prepared.resourceLimits
  const inNetwork =
    prepared.networkNamespace === undefined ? [] : ["nsenter", `--net=${prepared.networkNamespace}`, "--"]
  return {
    words: [
      ...env,
      ...inNetwork,
      programBeside(prepared.state, program),
      "--args",
      String(OPTIONS),
      "--",
      ...prepared.box.command,
    ],
    redirections: `${OPTIONS}<${OPTIONS_FILE} ${STATUS}>${STATUS_FILE} ${FILTER}<${FILTER_FILE}`,
    before: [
      `ulimit -c ${coreBytes}`,
      `ulimit -n ${openFiles}`,
      ...(fileBytes === undefined ? [] : [`ulimit -f ${Math.max(1, Math.ceil(fileBytes / BLOCK_BYTES))}`]),
    ].join(" && "),
  }
}

/**
 * The options of bubblewrap for a box, in its order of making things.
 *
 * @param there  Which of the paths in /proc that are to be masked or read-only this machine has, and whether each is a folder.
 * @see bwrap(1)
 */
export function bwrapOptions(prepared: PreparedBox, there: ReadonlyMap<string, "file" | "folder">): readonly string[] {
  const { box, environment } = prepared
  return [
    ...["--unshare-user", "--uid", String(box.uid), "--gid", String(box.gid)],
    ...["--unshare-pid", "--as-pid-1", "--unshare-ipc", "--unshare-cgroup", "--unshare-uts", "--hostname", HOST_NAME],
    ...(prepared.networkNamespace === undefined ? ["--unshare-net"] : []),
    ...["--die-with-parent", "--cap-drop", "ALL"],
    ...(box.uid === 0 ? GEAR_CAPABILITIES.flatMap((capability) => ["--cap-add", capability]) : []),
    "--clearenv",
    ...Object.entries(environment).flatMap(([name, value]) => ["--setenv", name, value]),
    ...["--bind", prepared.root, "/", "--proc", "/proc"],
    ...MASKED_PATHS.flatMap((path) => maskOf(path, there.get(path))),
    // Bubblewrap does this too, but only where it finds that it could write to the folder: files in it count as well.
    ...READ_ONLY_PATHS.filter((path) => there.has(path)).flatMap((path) => ["--ro-bind", path, path]),
    ...["--dev", "/dev", "--perms", "1777", "--tmpfs", "/dev/shm"],
    ...prepared.mounts.flatMap(({ source, target, access }) => [
      access === "read-only" ? "--ro-bind" : "--bind",
      source,
      target,
    ]),
    ...["--chdir", box.workingFolder],
    ...["--json-status-fd", String(STATUS), "--seccomp", String(FILTER)],
  ]
}

function maskOf(path: string, there: "file" | "folder" | undefined): readonly string[] {
  if (there === "file") return ["--ro-bind", "/dev/null", path]
  return there === "folder" ? ["--tmpfs", path, "--remount-ro", path] : []
}

/** Options as the file for `--args` has them: each ends with a zero byte. */
export function optionsFile(options: readonly string[]): string {
  return options.map((option) => `${option}\0`).join("")
}
