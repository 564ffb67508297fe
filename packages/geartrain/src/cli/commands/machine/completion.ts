import { GeartrainError, nearestName } from "@geartrain/spec"
import type { Command } from "../../command.ts"
import { COMPLETION_SCRIPTS } from "../../help/completion-scripts.ts"

const SHELLS = Object.keys(COMPLETION_SCRIPTS)

export const completionCommand: Command = {
  name: "completion",
  arguments: [{ name: "SHELL", says: `One of ${SHELLS.join(", ")}`, complete: SHELLS }],
  flags: {},
  examples: [
    {
      command: 'eval "$(gear completion bash)"',
      says: "Complete words in this bash; put it into ~/.bashrc for all to come",
    },
    { command: 'eval "$(gear completion zsh)"', says: "The same for zsh, in ~/.zshrc, after compinit" },
    { command: "gear completion fish > ~/.config/fish/completions/gear.fish", says: "The same for fish" },
  ],
  notes: ["Commands, flags, gears, jobs, and the inputs, config keys and values of a gear are completed."],
  exits: "answer",
  run: async ({ reply }, given) => {
    const shell = given.words[0] ?? ""
    const script = Object.hasOwn(COMPLETION_SCRIPTS, shell) ? COMPLETION_SCRIPTS[shell] : undefined
    if (script === undefined) throw unknownShell(shell)
    reply.print(script)
    return { data: { shell, script } }
  },
}

function unknownShell(shell: string): GeartrainError {
  const near = nearestName(shell, SHELLS)
  return new GeartrainError(
    "USAGE",
    `Cannot complete words in "${shell}": there are scripts for ${SHELLS.join(", ")}`,
    {
      details: { shell },
      hint: near === undefined ? "Name one of them: gear completion bash" : `Did you mean: gear completion ${near}`,
    },
  )
}
