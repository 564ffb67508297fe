import type { Template } from "../template.ts"

export const pythonTemplate: Template = {
  language: "Python",
  packages: ["python3"],
  // Sets of texts are in the same order in each run.
  environment: { PYTHONHASHSEED: "0", PYTHONDONTWRITEBYTECODE: "1" },
  run: `#!/usr/bin/env python3
"""Runs in /flywheel/v0. What lies in output/ at the end is the result."""

from gear_context import GearContext

with GearContext() as context:
    context.init_logging()
    greeting = "Hello, " + context.config["name"]
    print(greeting)
    with context.open_output("greeting.txt") as output:
        output.write(greeting + "\\n")
    # The input is optional.
    if context.get_input("file"):
        name = context.get_input_filename("file")
        with context.open_input("file", "rb") as file, context.open_output("bytes.txt") as output:
            output.write("%s %d\\n" % (name, len(file.read())))
`,
  more: async () => ({ "gear_context.py": (await import("./python-context.ts")).PYTHON_CONTEXT }),
}
