/**
 * Tells why a file or folder of this name is nobody's data: what file managers, editors, version control and storage leave behind.
 *
 * @returns undefined for all others, other hidden ones too.
 * @example
 *   unwantedName(".DS_Store") // => "is of macOS, and no data"
 *   unwantedName(".bidsignore") // => undefined
 */
export function unwantedName(name: string): string | undefined {
  return UNWANTED.find(([pattern]) => pattern.test(name))?.[1]
}

const UNWANTED: readonly (readonly [pattern: RegExp, why: string])[] = [
  [
    /^(\.DS_Store|\._.*|__MACOSX|\.Spotlight-V100|\.Trashes|\.fseventsd|\.AppleDouble|Icon\r)$/,
    "is of macOS, and no data",
  ],
  [/^(Thumbs\.db|desktop\.ini|\$RECYCLE\.BIN|System Volume Information|~\$.*)$/i, "is of Windows, and no data"],
  [/^(\.git|\.svn|\.hg|\.datalad)$/, "is the history of version control"],
  [
    /^(\.Trash.*|lost\+found|\.nfs[0-9a-f]+|\.snapshots?|@eaDir|#recycle|\.~lock\..*)$/,
    "is of the storage, and no data",
  ],
  [/^(\.ipynb_checkpoints|__pycache__|\.heudiconv|.*\.sw[po])$/, "is what a program has left behind"],
]
