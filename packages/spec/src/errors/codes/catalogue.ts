import type { Entry } from "../entry.ts"

/** Catalogues of gears, and the keys and signatures of those who publish. */
export const CATALOGUE_CODES = {
  CATALOGUE_NOT_FOUND: { fault: "user", retry: "never", http: 404, title: "There is no catalogue at this place" },
  CATALOGUE_DAMAGED: {
    fault: "backend",
    retry: "never",
    http: 502,
    title: "The catalogue holds something else than it says",
  },
  CATALOGUE_NOT_LISTED: {
    fault: "backend",
    retry: "never",
    http: 501,
    title: "The registry does not tell which gears it has",
  },
  VERSION_NOT_FOUND: { fault: "user", retry: "never", http: 404, title: "The catalogue has no such gear or version" },
  VERSION_EXISTS: { fault: "user", retry: "never", http: 409, title: "This version is published already" },
  TAG_INVALID: { fault: "user", retry: "never", http: 400, title: "The text cannot be a tag in a catalogue" },
  KEY_NOT_FOUND: { fault: "user", retry: "never", http: 404, title: "There is no key of this name" },
  KEY_EXISTS: { fault: "user", retry: "never", http: 409, title: "There is another key of this name" },
  KEY_INVALID: { fault: "user", retry: "never", http: 422, title: "The file is no key that can be used" },
  SIGNATURE_MISSING: { fault: "user", retry: "never", http: 403, title: "Nobody has signed what a trusted key should" },
  SIGNATURE_KEY_UNKNOWN: {
    fault: "user",
    retry: "never",
    http: 403,
    title: "Only keys that are not trusted have signed this",
  },
  SIGNATURE_INVALID: { fault: "backend", retry: "never", http: 403, title: "A signature is forged or damaged" },
} as const satisfies Record<string, Entry>
