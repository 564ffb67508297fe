import type { Template } from "../template.ts"

export const rTemplate: Template = {
  language: "R",
  packages: ["r-base-core", "r-cran-jsonlite"],
  // With one thread sums are in the same order on every machine.
  environment: { OMP_NUM_THREADS: "1" },
  run: `#!/usr/bin/env Rscript
# Runs in /flywheel/v0. What lies in output/ at the end is the result.
given <- jsonlite::fromJSON("config.json")

greeting <- paste0("Hello, ", given$config$name)
writeLines(greeting)
writeLines(greeting, "output/greeting.txt")
# The input is optional.
if (!is.null(given$inputs$file)) {
  location <- given$inputs$file$location
  writeLines(paste(location$name, file.size(location$path)), "output/bytes.txt")
}
`,
}
