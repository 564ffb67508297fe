/**
 * A file is not what its name or its first bytes promise: it is damaged, cut short, or too large for its format's reader. Never reaches the
 * user: the files are compared as bytes then, and the comparison says why.
 */
export class UnfitFile extends Error {}
