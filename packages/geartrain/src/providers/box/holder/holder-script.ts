import { basename, dirname } from "node:path"
import { IN_USE } from "../machine/state-folder.ts"
import { shellWord, shellWords } from "./shell-words.ts"

/** What the holder has to set up. All paths are the host's. */
export interface HolderSetUp {
  /** A folder of this provider's own, without odd characters. */
  readonly folder: string
  /** An empty folder in it. In the holder's mount namespace, a file system in memory lies on it. */
  readonly state: string
  /** The backend's program: mounted read-only beside that, so that a box could not change it even through /proc/self/exe. */
  readonly program: string
  /** Groups below which the provider's own groups are, and the provider's name for them. */
  readonly cgroups: { readonly places: readonly string[]; readonly name: string }
  /** Nothing counts the CPU time of boxes better than a shell does, to a hundredth of a second. */
  readonly countsCpu: boolean
  /** Mount points that the backend must not see. */
  readonly hidden: readonly string[]
  /** Mount points that the backend must not change. */
  readonly readOnly: readonly string[]
  /** How many boxes may be made ready at once, without asking for more. */
  readonly slots: number
}

/** Besides its standard files the holder is given the host's /proc, which knows it by its number there. */
export const HOST_PROC = 4

/**
 * The program of the holder: a POSIX shell, process 1 of its own process namespace, in which everything of a provider happens.
 *
 * It keeps mounts, makes slots, and starts what runs in them. When its standard input ends, as it does however the program that started it
 * dies, it kills every process of its namespace, and with the last of them the kernel undoes its mounts. What is left then, folders and what
 * the boxes wrote, it removes.
 *
 *   <folder>/<name>              the backend's program
 *   <state>/cgroups/<n>/         the place of control groups number n, if the backend must not see or change where it is mounted
 *   <state>/root-<n>/, root-<n>.problem  root filesystem number n, and why it could not be mounted
 *   <state>/layers/<n>/          folders that a root filesystem lacks
 *   <state>/boxes/<n>/           of box number n; see `box-script.ts`
 *   <state>/<slot>.go            named pipe: one line, the path of a script to run in the slot
 *   <state>/<slot>.out, .err     named pipes: what the box prints
 *   <state>/<slot>.gate          named pipe: what a backend waits for that is started before its box is known
 *   <state>/early/<slot>/        the files of such a backend; see `early-starts.ts`
 *   <state>/<slot>.problem       why the script could not start the box
 *   <state>/backend/             for the backend's own state
 *
 * Commands come one a line; words are separated by one space, and the last may have spaces in it:
 *
 *   slot <slot> <group>          makes a slot: a process in the box's control groups that waits for its script
 *   pipes <from> <to>            makes pipes for more slots; answers `pipes <from>`
 *   tree|squashfs <root> <path>  mounts a root filesystem on its folder, which is there; answers `root <root> <exit code>`
 *   look <tag> <slot>            answers `look <tag> 0` if what runs the slot's script is there, else another number
 *   kill <signal> <pid>          sends a signal to a process, by its number in the holder's namespace
 *   run <tag> <path>             runs a script; answers `ran <tag> <exit code>`
 *
 * Answers besides: `ready <pid>` (on the host) or `failed <step>` at the beginning, and, when a slot's script has ended,
 * `end <slot> <exit code> <user ticks> <system ticks> <bytes read> <bytes written>`, the last four of all its processes, or `-`.
 */
export function holderScript(setUp: HolderSetUp): string {
  const program = shellWord(programBeside(setUp.state, setUp.program))
  const bound = [...setUp.cgroups.places.entries()].filter(([, place]) => isTouched(setUp, place))
  const own = groupFolders(setUp).map(shellWord)
  return `
exec 3>&1 1>&2
umask 022
fail() { echo "failed $1" >&3; exit 1; }
read -r pid rest </proc/self/fd/${HOST_PROC}/self/stat
exec ${HOST_PROC}<&-
echo "$pid" >${setUp.folder}/${IN_USE} || fail state
mount -a -T ${setUp.folder}/${MOUNTS} && cd ${setUp.state} || fail mounts
# BusyBox does half of what "bind,ro" says, and finds that root may write everywhere.
[ ! -w ${program} ] || mount -o remount,bind,ro ${program} || fail program
${bound.map(([index, place]) => `mkdir -p cgroups/${index} && mount --bind ${shellWord(place)} cgroups/${index} || fail cgroups`).join("\n")}
${setUp.hidden.map((path) => `umount ${shellWord(path)} 2>/dev/null || mount -t tmpfs -o ro tmpfs ${shellWord(path)} || fail hide`).join("\n")}
${setUp.readOnly.map((path) => `mount -o remount,bind,ro ${shellWord(path)} || fail read-only`).join("\n")}

pipes() {
  number=$1; names=
  while [ "$number" -lt "$2" ]; do
    names="$names $number.go $number.out $number.err $number.gate"
    number=$((number + 1))
  done
  # Users other than the owner write to /dev/stdout too.
  mkfifo -m 0622 $names || fail pipes
}

slot() {
  (
    (
      exec 2>"$1.problem"
      for group in ${own.map((path) => `${path}/"$2"`).join(" ")}; do
        echo 0 >"$group/cgroup.procs" || exit 125
      done
      read -r script <"$1.go" && . "$script"
    )
    code=$?
    read_bytes=-; write_bytes=-; user=-; system=-
    while read -r name value; do
      case $name in read_bytes:) read_bytes=$value;; write_bytes:) write_bytes=$value;; esac
    done 2>/dev/null </proc/self/io
${setUp.countsCpu ? COUNT_CPU : ""}
    echo "end $1 $code $user $system $read_bytes $write_bytes" >&3
  ) &
  eval "runs_$1=$!"
}

root() {
  case $1 in
    tree) mount --bind "$3" "root-$2";;
    squashfs) mount -t squashfs -o loop,ro,nodev,nosuid "$3" "root-$2";;
  esac 2>"root-$2.problem"
  echo "root $2 $?" >&3
}

pipes 0 ${setUp.slots}
echo "ready $pid" >&3
while read -r verb first second; do
  case $verb in
    slot) slot "$first" "$second";;
    pipes) pipes "$first" "$second"; echo "pipes $first" >&3;;
    tree|squashfs) root "$verb" "$first" "$second";;
    look) eval "kill -s 0 \\$runs_$second" 2>/dev/null; echo "look $first $?" >&3;;
    kill) kill -s "$first" "$second" 2>/dev/null;;
    run) ( . "$second"; echo "ran $first $?" >&3 ) & ;;
    # With this process the kernel ends the namespaces, and with them every process and mount; the caller, who lives, removes the folders.
    quit) exit 0;;
  esac
  # Buries the slots that have ended.
  jobs >/dev/null
done

kill -s KILL -- -1 2>/dev/null
wait
groups_left() {
  for groups in ${own.join(" ")}; do
    [ ! -d "$groups" ] || return 0
  done
  return 1
}
tries=0
while groups_left && [ "$tries" -lt 100 ]; do
  # All at once: to start a program takes longer than what it does.
  rmdir ${own.map((path) => `${path}/box-* ${path}`).join(" ")}
  ! groups_left || sleep 0.02
  tries=$((tries + 1))
done 2>/dev/null
# Here the caller is root, and can remove what a box has closed to him.
for box in boxes/*; do
  [ -L "$box/layer" ] || continue
  umount -l "$box/root" 2>/dev/null
  rm -rf "$box/layer/upper" "$box/layer/work"
  rmdir "$(readlink "$box/layer")"
done
cd /
umount -l ${setUp.state} ${program}
rm -f ${setUp.folder}/${IN_USE} ${setUp.folder}/${MOUNTS} ${program}
rmdir ${setUp.state} ${setUp.folder}
`
}

/** Where mounts are listed that one program makes, since to start one takes longer than what it does. */
export const MOUNTS = "mounts"

/**
 * What stands there. Nothing where something is mounted already: BusyBox makes no other.
 *
 * @see fstab(5)
 */
export function firstMounts(setUp: HolderSetUp): string {
  const mounts = [
    [setUp.program, programBeside(setUp.state, setUp.program), "none", "bind,ro"],
    ["geartrain", setUp.state, "tmpfs", "mode=0700"],
  ]
  return mounts.map((fields) => `${fields.map(tableField).join(" ")} 0 0\n`).join("")
}

/** What separates fields, in octal digits, as getmntent(3) reads it. */
function tableField(text: string): string {
  return text.replaceAll(/[\s\\#]/g, (found) => `\\${found.charCodeAt(0).toString(8).padStart(3, "0")}`)
}

/** Where the provider's own groups are, in the holder's mount namespace: paths of the host, or within the state folder. */
export function groupFolders(setUp: HolderSetUp): readonly string[] {
  const { places, name } = setUp.cgroups
  return places.map((place, index) => `${isTouched(setUp, place) ? `cgroups/${index}` : place}/${name}`)
}

/** Whether what is done to mount points for the backend would keep the holder from a place of control groups, too. */
function isTouched(setUp: HolderSetUp, place: string): boolean {
  return [...setUp.hidden, ...setUp.readOnly].some((point) => place === point || place.startsWith(`${point}/`))
}

/** Times of children that were waited for, and of theirs: fields 16 and 17, after a name that has no space in it here. @see proc(5) */
const COUNT_CPU = "    read -r a b c d e f g h i j k l m n o user system rest </proc/self/stat"

/**
 * Where a backend's program is in the holder's namespace.
 *
 * @example
 *   programBeside("/tmp/x/state", "/usr/bin/crun") // => "/tmp/x/crun"
 */
export function programBeside(state: string, program: string): string {
  return `${dirname(state)}/${basename(program)}`
}

/**
 * The argument list that starts the holder.
 *
 * @param userNamespace  Whether it has to be made root of a user namespace first, since the caller is not root.
 */
export function holderCommand(script: string, userNamespace: boolean): readonly string[] {
  return [
    "unshare",
    ...(userNamespace ? ["--user", "--map-root-user"] : []),
    ...["--mount", "--pid", "--fork", "--kill-child", "--propagation", "private", "--mount-proc"],
    ...["sh", "-c", script, "gear-holder"],
  ]
}

/** The argument list that runs a script in the holder's namespaces and the box's groups, on the caller's own terminal. */
export function insideCommand(
  holder: { readonly pid: number; readonly userNamespace: boolean; readonly state: string },
  run: { readonly groups: readonly string[]; readonly script: string },
): readonly string[] {
  const joins = run.groups.map((group) => `echo 0 >${shellWord(`${group}/cgroup.procs`)} || exit 125; `).join("")
  return [
    ...["nsenter", "--target", String(holder.pid), "--mount", "--pid"],
    ...(holder.userNamespace ? ["--user", "--preserve-credentials"] : []),
    // A signal that the terminal sends to everybody is for the box: this shell waits for what comes of it.
    ...[
      "sh",
      "-c",
      `trap : INT QUIT; umask 022; cd ${shellWords([holder.state])} && ( ${joins} . ${shellWord(run.script)} )`,
    ],
  ]
}
