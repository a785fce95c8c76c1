// Texts of others, made visible in one line as the server does it.

// Control characters, lone halves of others, and those by which one text reorders its neighbours.
const INVISIBLE = /[\0-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]/gu;
const WHITE = /[\t-\r\x85\p{Z}]+/gu;

/** Return a text as one line of visible characters. */
export function shown(text) {
  return text.replace(INVISIBLE, "").replace(WHITE, " ").trim();
}
