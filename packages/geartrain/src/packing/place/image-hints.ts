/** Sentences that more than one error ends with. */
export const HINTS = {
  packAgain: "Pack or download the image again",
  copyAgain: "Copy or download the image again",
  knownFormats:
    "Give a tar archive (plain, gzip or zstd), the output of docker save, an OCI archive or layout, or a folder",
  notHonest: "Do not use this image: no honest packer writes such a thing",
  importAgain: "Import it again when nobody changes it",
} as const
