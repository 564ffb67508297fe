import assert from "node:assert/strict"
import { test } from "node:test"
import type { TraceEvent } from "@geartrain/ports"
import fc from "fast-check"
import { readRecord } from "./read-record.ts"
import { UnfitRecord } from "./record-reader.ts"

/** A text as strace writes it with -xx. */
function hex(text: string): string {
  return [...Buffer.from(text)].map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("")
}

/** Lines in which `'text'` stands for a text in quotes, and `<text>` for the path of a descriptor. */
function written(lines: readonly string[]): string {
  return lines
    .map((line) =>
      line
        .replaceAll(/'([^']*)'/g, (_, text) => `"${hex(text)}"`)
        .replaceAll(/<(\/[^>]*)>/g, (_, text) => `<${hex(text)}>`),
    )
    .map((line) => `${line}\n`)
    .join("")
}

const BEGIN = [
  "10 execve('/usr/bin/crun', 0x1, 0x2) = 0",
  "10 openat(AT_FDCWD</box>, 'config.json', O_RDONLY) = 3</box/config.json>",
  "10 clone(child_stack=NULL, flags=CLONE_NEWPID|SIGCHLD) = 11",
  "11 openat(AT_FDCWD</box>, '/proc/self/fd', O_RDONLY) = 3</proc/11/fd>",
  "11 pivot_root('.', '.')              = 0",
  "11 chdir('/home')                    = 0",
  "11 execve('/bin/run', 0x1, 0x2)      = -1 ENOENT (No such file or directory)",
  "11 execve('/usr/bin/run', 0x1, 0x2)  = 0",
]
const END = ["11 +++ exited with 0 +++", "10 unlink('/run/crun/box') = 0", "10 +++ exited with 0 +++"]

async function read(text: string, pieceBytes = 7): Promise<readonly TraceEvent[]> {
  async function* pieces(): AsyncGenerator<Uint8Array> {
    const bytes = Buffer.from(text)
    for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes)
  }
  const events: TraceEvent[] = []
  for await (const event of readRecord(pieces())) events.push(event)
  return events
}

/** What the gear did, as `action subject`, with `!` before what failed; without its start. */
async function done(...lines: readonly string[]): Promise<readonly string[]> {
  const events = await read(written([...BEGIN, ...lines, ...END]))
  assert.deepEqual(events[0], { action: "execute", subject: "/usr/bin/run", succeeded: true })
  return events.slice(1).map(({ action, subject, succeeded }) => `${succeeded ? "" : "!"}${action} ${subject}`)
}

async function isUnfit(text: string, why: RegExp): Promise<void> {
  await assert.rejects(read(text, 4096), (error) => error instanceof UnfitRecord && why.test(error.message))
}

test("what the runtime does to make the box is not the gear's doing, nor what it does afterwards", async () => {
  assert.deepEqual(await done(), [])
})

test("names are relative to the working folder, which follows chdir, and to descriptors", async () => {
  assert.deepEqual(
    await done(
      "11 access('a', R_OK) = 0",
      "11 chdir('..') = 0",
      "11 access('./b//c', R_OK) = -1 ENOENT (No such file or directory)",
      "11 fchdir(4</usr/lib>) = 0",
      "11 access('d', R_OK) = 0",
      "11 newfstatat(5</etc>, 'e', 0x1, 0) = 0",
      "11 newfstatat(5</etc>, '', 0x1, AT_EMPTY_PATH) = 0",
      "11 newfstatat(AT_FDCWD</usr/lib>, '', 0x1, 0) = -1 ENOENT (No such file or directory)",
      "11 utimensat(6</tmp/f>, NULL, NULL, 0) = 0",
      "11 openat(AT_FDCWD</else>, 'f', O_PATH) = 7</else/f>",
      "11 access('g', R_OK) = 0",
      "11 access(0xdead, R_OK) = -1 EFAULT (Bad address)",
    ),
    [
      "look /home/a",
      "look /home/..",
      "!look /home/../b/c",
      "look /usr/lib/d",
      "look /etc/e",
      "look /etc",
      "write /tmp/f",
      "look /else/f",
      "look /else/g",
    ],
  )
})

test("how a file is opened says whether it is read, written or both", async () => {
  assert.deepEqual(
    await done(
      "11 openat(AT_FDCWD</home>, '/a', O_RDONLY|O_CLOEXEC) = 3</a>",
      "11 openat(AT_FDCWD</home>, '/b', O_WRONLY|O_CREAT|O_TRUNC, 0666) = 3</b>",
      "11 openat(AT_FDCWD</home>, '/c', O_RDWR) = 3</c>",
      "11 openat2(AT_FDCWD</home>, '/d', {flags=O_RDONLY|O_CLOEXEC, resolve=RESOLVE_BENEATH}, 24) = 3</d>",
      "11 open('/e', O_RDONLY|O_CREAT, 0666) = 3</e>",
      "11 rename('/f', '/g') = 0",
      "11 symlink('anything', '/h') = 0",
    ),
    [
      "read /a",
      "write /b",
      "read /c",
      "write /c",
      "read /d",
      "read /e",
      "write /e",
      "write /f",
      "write /g",
      "write /h",
    ],
  )
})

test("addresses are told with their ports, and sockets in the file system by their names", async () => {
  const four = "{sa_family=AF_INET, sin_port=htons(9), sin_addr=inet_addr('127.0.0.1')}"
  const six =
    "{sa_family=AF_INET6, sin6_port=htons(53), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, '::1', &sin6_addr), sin6_scope_id=0}"
  assert.deepEqual(
    await done(
      `11 connect(3<socket:[1]>, ${four}, 16) = -1 ECONNREFUSED (Connection refused)`,
      `11 connect(3<socket:[1]>, ${four}, 16) = -1 EINPROGRESS (Operation now in progress)`,
      `11 sendto(4<socket:[2]>, ""..., 1, 0, ${six}, 28) = 1`,
      `11 sendmsg(4<socket:[2]>, {msg_name=${four}, msg_namelen=16, msg_iov=0x1}, 0) = 1`,
      '11 sendto(4<socket:[2]>, ""..., 1, 0, NULL, 0) = 1',
      "11 connect(3<socket:[1]>, {sa_family=AF_UNIX, sun_path='/run/nscd'}, 110) = -1 ENOENT (No such file or directory)",
    ),
    ["!connect 127.0.0.1:9", "connect 127.0.0.1:9", "connect [::1]:53", "connect 127.0.0.1:9", "!look /run/nscd"],
  )
})

test("a child has its parent's folder, a thread shares it, and a child is known before its parent knows it", async () => {
  assert.deepEqual(
    await done(
      "11 clone(child_stack=NULL, flags=SIGCHLD) = 2 /* 12 in strace's PID NS */",
      "12 chdir('/child') = 0",
      "12 access('a', R_OK) = 0",
      "11 access('b', R_OK) = 0",
      "11 clone(child_stack=0x1, flags=CLONE_VM|CLONE_FS|CLONE_THREAD) = 3 /* 13 in strace's PID NS */",
      "13 chdir('/both') = 0",
      "11 access('c', R_OK) = 0",
      "11 vfork( <unfinished ...>",
      "14 access('d', R_OK) = 0",
      "14 +++ exited with 0 +++",
      "11 <... vfork resumed>)              = 4 /* 14 in strace's PID NS */",
    ),
    ["look /child", "look /child/a", "look /home/b", "look /both", "look /both/c", "look /both/d"],
  )
})

test("where two make a process at once, what a new one does waits until its maker is known", async () => {
  const lines = [
    "11 clone(child_stack=NULL, flags=SIGCHLD) = 2 /* 12 in strace's PID NS */",
    "12 chdir('/other') = 0",
    "11 vfork( <unfinished ...>",
    "12 vfork( <unfinished ...>",
    "13 access('a', R_OK <unfinished ...>",
    "14 access('b', R_OK) = 0",
    "13 <... access resumed>)            = 0",
    "12 <... vfork resumed>)              = 3 /* 13 in strace's PID NS */",
  ]
  assert.deepEqual(await done(...lines, "11 <... vfork resumed>)  = 4 /* 14 in strace's PID NS */"), [
    "look /other",
    "look /other/a",
    "look /home/b",
  ])
  await isUnfit(written([...BEGIN, ...lines, ...END]), /folder that is not known/)
})

test("a thread that executes a program goes on as its process", async () => {
  assert.deepEqual(
    await done(
      "11 clone(child_stack=0x1, flags=CLONE_VM|CLONE_FS|CLONE_THREAD) = 3 /* 13 in strace's PID NS */",
      "13 execve('next', 0x1, 0x2 <unfinished ...>",
      "11 +++ superseded by execve in pid 13 +++",
      "11 <... execve resumed>)              = 0",
      "11 access('a', R_OK) = 0",
    ),
    ["execute /home/next", "look /home/a"],
  )
})

test("a call that never returned is nothing that happened", async () => {
  assert.deepEqual(
    await done(
      "11 openat(AT_FDCWD</home>, '/a', O_RDONLY <unfinished ...>) = ?",
      "11 connect(3<socket:[1]>, {sa_family=AF_INET, sin_port=htons(9), sin_addr=inet_addr('1.2.3.4')}, 16) = ? ERESTARTSYS (To be restarted if SA_RESTART is set)",
      "11 --- stopped by SIGSTOP ---",
      "12 openat(AT_FDCWD</home>, '/b', O_RDONLY <detached ...>",
      "13 ??? <detached ...>",
    ),
    [],
  )
})

test("names of a process with another root folder are not told wrong", async () => {
  const lines = ["11 chroot('/inner') = 0", "11 access('/a', R_OK) = 0"]
  await isUnfit(written([...BEGIN, ...lines, ...END]), /another root folder/)
  assert.deepEqual(
    await done("11 chroot('/inner') = -1 EPERM (Operation not permitted)", "11 access('/a', R_OK) = 0"),
    ["!look /inner", "look /a"],
  )
})

test("a record that is cut, goes on after its end or is something else is none", async () => {
  const whole = written([...BEGIN, ...END])
  await isUnfit("", /no end/)
  await isUnfit(whole.slice(0, -3), /in the middle/)
  await isUnfit(written([...BEGIN, ...END.slice(0, -1)]), /no end/)
  await isUnfit(`${whole}${written(["12 access('/a', R_OK) = 0"])}`, /after its end/)
  await isUnfit("hello\n", /does not write/)
  await isUnfit(written(["10 execve('/bin/true', 0x1, 0x2) = 0", "10 +++ exited with 0 +++"]), /no gear/)
  await isUnfit(`10 access("${"\\x61".repeat(100_000)}`, /without end/)
})

test("any name is told as it is, however the record is cut into pieces", async () => {
  const name = fc.string({ unit: "binary", minLength: 1 }).filter((text) => !/[/\0]/.test(text) && text !== ".")
  await fc.assert(
    fc.asyncProperty(name, fc.integer({ min: 16, max: 300 }), async (text, pieceBytes) => {
      const line = `11 unlink("${hex(`/${text}`)}") = 0\n`
      const events = await read(`${written(BEGIN)}${line}${written(END)}`, pieceBytes)
      assert.deepEqual(events.slice(1), [{ action: "write", subject: `/${text}`, succeeded: true }])
    }),
  )
})

test("a record with anything in it is read or refused, and nothing else happens", async () => {
  const lines = written([
    ...BEGIN,
    "11 vfork( <unfinished ...>",
    "14 openat2(AT_FDCWD</home>, '/d', {flags=O_RDONLY, resolve=RESOLVE_BENEATH}, 24) = 3</d>",
    "11 <... vfork resumed>)              = 4 /* 14 in strace's PID NS */",
    ...END,
  ])
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(lines.length), fc.nat(30), fc.string({ maxLength: 8 })), { maxLength: 4 }),
      async (changes) => {
        let text = lines
        for (const [at, length, words] of changes) text = text.slice(0, at) + words + text.slice(at + length)
        try {
          for (const { subject } of await read(text, 64)) assert.match(subject, /^\/|:\d+$/)
        } catch (error) {
          assert.ok(error instanceof UnfitRecord, String(error))
        }
      },
    ),
  )
})
