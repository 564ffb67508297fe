import type { Template } from "../template.ts"

export const bashTemplate: Template = {
  language: "bash",
  packages: [],
  run: `#!/bin/bash
# Runs in /flywheel/v0. Values of the config are in FW_CONFIG_…, inputs in input/⟨name⟩/, and what lies in output/ at the end is the result.
set -euo pipefail

echo "Hello, $FW_CONFIG_NAME" > output/greeting.txt
for file in input/file/*; do
  # The input is optional: without it the pattern stands for itself.
  [ -e "$file" ] || continue
  echo "\${file##*/} $(wc -c < "$file")" > output/bytes.txt
done
cat output/*
`,
}
