/** Where a browser keeps its session. Pages cannot read it, and other sites cannot send it along with what changes something. */
export const SESSION_COOKIE = "gear_session"

/** The header that shows a page of ours was at work: other sites can send no header of their own. */
export const CSRF_HEADER = "x-gear-csrf"
