import type { ManifestRule } from "../lint-rule.ts"

/** TZ that stands for no zone in particular. */
export const timeZoneRule: ManifestRule = {
  id: "manifest/time-zone",
  severity: "warning",
  finds: "TZ in `environment` that leaves the zone to the machine",
  why: "An empty TZ, or one that names a file of the machine such as :/etc/localtime, makes times in results depend on where the gear runs.",
  check: (manifest, finder) => {
    const zone = manifest.environment?.["TZ"]
    if (zone === undefined || (zone.trim() !== "" && !/^:?\/etc\/localtime$|^local$/i.test(zone))) return
    finder.atValue(["environment", "TZ"], {
      keyword: "time-zone",
      problem: `TZ is ${JSON.stringify(zone)}, so that the time zone is that of wherever the gear runs`,
      fix: 'Write "UTC", or remove it',
      severity: "warning",
    })
  },
}
