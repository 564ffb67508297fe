import type { ManifestRule } from "../lint-rule.ts"

/** HOME that leads into the image. */
export const homeRule: ManifestRule = {
  id: "manifest/home",
  severity: "warning",
  finds: "HOME in `environment` that leads into the image",
  why: "Programs keep caches and settings under HOME. Clusters and sealed runs mount the image read-only, and let nobody but root into /root: there they fail, often with an error about something else.",
  check: (manifest, finder) => {
    const home = manifest.environment?.["HOME"]
    if (home === undefined || /^\/(?:tmp|flywheel\/v0\/(?:work|output)|home\/gear)(?:\/|$)/.test(home)) return
    finder.atValue(["environment", "HOME"], {
      keyword: "home",
      problem: `HOME leads to "${home}" in the image, which cannot be written to where the image is read-only or the user is not root`,
      fix: "Remove it, so that the gear gets a home folder of its own",
      severity: "warning",
    })
  },
}
