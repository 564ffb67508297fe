import { GEAR_FOLDER } from "@geartrain/spec"
import { type ImageFinding, type ImageRule, type LintedImage, MANIFEST_FILE } from "../linted-image.ts"
import { findProgram, isExecutable, pathOf, userOf } from "./find-program.ts"
import { foundFiles, inImage, startedFiles } from "./gear-program.ts"
import { readShebang } from "./shebang.ts"

const missingRule: ImageRule = {
  id: "command/missing",
  severity: "error",
  finds: "A command whose program or script is not there; no command and no /flywheel/v0/run",
  why: "The gear ends at once: bash finds nothing to start.",
  check: (image) =>
    startedFiles(image).flatMap(({ word, role, program }): ImageFinding[] => {
      if (!("missing" in program)) return []
      // In sources only this much is certain: the script lies here, and no folder of programs is here.
      if (program.missing !== "certain" && !isHere(word, image)) return []
      const unused = (image.declaration?.entrypoint ?? []).length > 0 ? ENTRYPOINT_UNUSED : ""
      if (image.manifest?.command === undefined) {
        return [
          {
            file: `${GEAR_FOLDER}/run`,
            message: `the manifest has no command, and there is no file run to start instead${unused}`,
            fix: 'Add the file, or write a "command" into the manifest',
          },
        ]
      }
      const where =
        word.includes("/") || role === "script" ? `in ${GEAR_FOLDER}` : `on the PATH ${pathOf(image).join(":")}`
      const message = word.startsWith("/") ? `there is no ${word}` : `there is no ${word} ${where}`
      return [{ file: MANIFEST_FILE, message: `${message}, which the command starts`, fix: missingFix(word, image) }]
    }),
}

const ENTRYPOINT_UNUSED = "; the image's ENTRYPOINT is not used by gears"

/** A script that is called by its bare name lies in the gear's folder, which is not on the PATH. */
function missingFix(word: string, image: LintedImage): string {
  if (isHere(word, image)) return `Write "./${word}": the gear's own folder is not on its PATH`
  return "Put it there, or mend the command"
}

function isHere(word: string, { tree }: LintedImage): boolean {
  return !word.includes("/") && tree.find(`${GEAR_FOLDER}/${word}`) !== undefined
}

const notExecutableRule: ImageRule = {
  id: "command/not-executable",
  severity: "error",
  finds: "A command that may not be executed by the user that the gear runs as",
  why: "bash answers with permission denied, exit code 126.",
  mends: true,
  check: (image) =>
    foundFiles(image).flatMap(({ role, entry }): ImageFinding[] => {
      if (entry.type === "folder") {
        return [{ file: inImage(entry), message: "the command starts a folder", fix: "Name the program in it" }]
      }
      if (role === "script" || isExecutable(entry, image)) return []
      const { uid } = userOf(image.manifest)
      const mode = (entry.mode & 0o7777).toString(8).padStart(4, "0")
      const whose = uid === 0 ? "" : `, and the gear runs as user ${uid}`
      return [
        {
          file: inImage(entry),
          message: `its mode is ${mode}: it may not be executed${whose}`,
          fix: "chmod 755 it, before or in the build",
        },
      ]
    }),
}

const interpreterRule: ImageRule = {
  id: "command/interpreter",
  severity: "error",
  finds: "A script whose first line names an interpreter that is not there",
  why: "The kernel answers *no such file or directory*, which seems to be about the script.",
  check: (image) =>
    startedScripts(image).flatMap(({ file, shebang }): ImageFinding[] => {
      // With the carriage return in its name nothing would be found; that has a rule of its own.
      if (shebang.mark) return []
      const names = [shebang.interpreter, ...(shebang.program === undefined ? [] : [shebang.program])]
      const missing = names.find((name) => {
        const found = findProgram(name, image)
        return "missing" in found && found.missing === "certain"
      })
      if (missing === undefined) return []
      const where = missing.includes("/") ? "" : ` on the PATH ${pathOf(image).join(":")}`
      const fix = otherInterpreter(missing, image)
      return [{ file, line: 1, message: `its first line asks for ${missing}, which is not there${where}`, fix }]
    }),
}

/** What is there under nearly the same name. */
function otherInterpreter(missing: string, image: LintedImage): string {
  const name = missing.split("/").at(-1) ?? ""
  const others: Readonly<Record<string, readonly string[]>> = {
    python: ["python3"],
    python3: ["python"],
    bash: ["sh"],
    nodejs: ["node"],
  }
  const there = (others[name] ?? []).find((other) => "found" in findProgram(other, image))
  const same = missing.includes("/") && "found" in findProgram(name, image)
  if (same) return `Write #!/usr/bin/env ${name}`
  return there === undefined ? "Install it, or name another" : `Write #!/usr/bin/env ${there}, which is there`
}

const lineEndRule: ImageRule = {
  id: "command/crlf",
  severity: "error",
  finds: "A script with line ends of Windows, or with a byte-order mark before #!",
  why: "The kernel looks for an interpreter whose name ends with a carriage return; and a mark before #! hides that the file is a script at all.",
  mends: true,
  check: (image) =>
    startedScripts(image).flatMap(({ file, shebang, role }): ImageFinding[] => {
      if (shebang.mark) {
        const message =
          "an invisible byte-order mark stands before its #!, so that the kernel does not take it for a script"
        return [{ file, line: 1, message, fix: "Save it as UTF-8 without byte-order mark" }]
      }
      // An interpreter that is started by the command reads most scripts with such ends.
      if (!shebang.crlf || role === "script") return []
      const name = shebang.program ?? shebang.interpreter
      const message = `its lines end with carriage returns, so that its first line asks for ${JSON.stringify(`${name}\r`)}`
      return [
        { file, line: 1, message, fix: `Save it with line ends of Unix: sed -i 's/\\r$//' ${file.split("/").at(-1)}` },
      ]
    }),
}

const bashRule: ImageRule = {
  id: "command/no-bash",
  severity: "error",
  finds: "An image without bash, where the manifest has a command; a warning where it has none",
  why: "Gears run their command by bash -c. The specification asks every image for bash.",
  check: (image) => {
    if (image.scope === "sources" || image.manifest === undefined) return []
    if ("found" in findProgram("bash", image)) return []
    const hasCommand = image.manifest.command !== undefined
    const elsewhere = ["/bin/bash", "/usr/bin/bash", "/usr/local/bin/bash"].find(
      (path) => image.tree.find(path) !== undefined,
    )
    const is = elsewhere === undefined ? "the image has no bash" : `bash lies at ${elsewhere}, and not on the PATH`
    return [
      {
        file: elsewhere === undefined ? "/bin/bash" : MANIFEST_FILE,
        message: hasCommand ? `${is}, which runs the command` : `${is}, which the specification asks for`,
        fix: elsewhere === undefined ? "Install bash" : "Add its folder to PATH in the manifest's environment",
        severity: hasCommand ? "error" : "warning",
      },
    ]
  },
}

const formatRule: ImageRule = {
  id: "command/format",
  severity: "error",
  finds: "A run without command that is neither a program nor a script with #!",
  why: "bash would read such a file as a script of its own, but without a command no bash is there, and the kernel answers *exec format error*.",
  check: (image) => {
    if (image.manifest === undefined || image.manifest.command !== undefined) return []
    return foundFiles(image).flatMap(({ entry }): ImageFinding[] => {
      const head = image.tree.head(entry.path)
      if (entry.type !== "file" || head === undefined || isProgram(head) || readShebang(head) !== undefined) return []
      const message = "it is neither a program nor a script with #! in its first line"
      return [{ file: inImage(entry), line: 1, message, fix: "Begin it with #!/bin/bash, or what reads it" }]
    })
  },
}

/** @see elf(5) */
function isProgram(head: Uint8Array): boolean {
  return head[0] === 0x7f && head[1] === 0x45 && head[2] === 0x4c && head[3] === 0x46
}

function startedScripts(image: LintedImage) {
  return foundFiles(image).flatMap(({ entry, role }) => {
    const head = image.tree.head(entry.path)
    const shebang = head === undefined ? undefined : readShebang(head)
    return shebang === undefined ? [] : [{ file: inImage(entry), shebang, role }]
  })
}

/** Rules about what a gear is started with. */
export const COMMAND_RULES: readonly ImageRule[] = [
  missingRule,
  notExecutableRule,
  interpreterRule,
  lineEndRule,
  bashRule,
  formatRule,
]
