/** The version of this program: that of package.json, written here so that no file has to be read for it. */
export const VERSION = "0.1.0"
