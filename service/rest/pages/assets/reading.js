// Reading a brief: a sentence opens its source beside it, a word tells where it is from.

import { Panel } from "./reading-panel.js";
import { highlight, originOf, wordAt, wordsOf } from "./reading-words.js";

const aside = document.getElementById("panel");
const told = document.getElementById("told");
const tip = document.getElementById("tip");
const sentences = [...document.querySelectorAll(".said")];
const panel = new Panel(aside, (text) => { told.textContent = text; });
let open = null;
let word = null;
let waiting = 0;
let returning = false;

const idOf = (said) => said.closest("[id]").id;

/** Open a source of a sentence; say whether it is still the one that was asked for last. */
async function show(said, address = said.href) {
  clearTimeout(waiting);
  unmark();
  open?.removeAttribute("aria-current");
  open = said;
  said.setAttribute("aria-current", "true");
  history.replaceState(null, "", `#${idOf(said)}`);
  try {
    const isOpen = await panel.open(address);
    if (isOpen) keepInSight(said);
    return isOpen;
  } catch {
    // The page itself says what is wrong, such as a key that is no longer known.
    location.assign(address);
    return false;
  }
}

function close() {
  const said = open;
  panel.close();
  unmark();
  open?.removeAttribute("aria-current");
  open = null;
  history.replaceState(null, "", location.pathname + location.search);
  told.textContent = "The source is closed";
  if (!said) return;
  returning = true;
  said.focus({ preventScroll: true });
  returning = false;
}

/** Keep a sentence above the sheet that its source came up on. */
function keepInSight(said) {
  const { top, bottom } = said.parentElement.getBoundingClientRect();
  const below = bottom + 16 - panel.top;
  if (below > 0) scrollBy({ top: Math.min(below, top - 16), behavior: "instant" });
}

function addressOf(said, marker) {
  const address = new URL(said.href);
  address.pathname = address.pathname.replace(/\d+$/u, marker);
  return address.href;
}

/** Mark a word, and in its source the same word; return what there is to tell of it. */
function point(found) {
  word = found;
  highlight("word", [found.range]);
  const article = panel.article;
  const isBeside = article?.dataset.statement === idOf(found.said);
  const isOpen = isBeside && article.dataset.marker === found.marker;
  const origin = isOpen ? originOf(found, article) : [];
  highlight("origin", origin);
  if (origin.length) panel.reveal(origin[0]);
  const elsewhere = isBeside && found.marker && !isOpen ? " (not the source beside it)" : "";
  return [...nameOf(found.marker), elsewhere];
}

/** Return the name of a source as nodes: a name in another script keeps to its own direction. */
function nameOf(marker) {
  if (!marker) return ["Added by the service"];
  const source = document.getElementById(`n${marker}`);
  const [first, second] = ["from", "title"].map((kind) => source.querySelector(`:scope > .${kind}`));
  return [`[${marker}] `, ...(first ?? second.firstElementChild ?? second).cloneNode(true).childNodes];
}

function showTip(found, name) {
  tip.replaceChildren(...name);
  tip.hidden = false;
  const place = found.range.getClientRects()[0];
  const { width, height } = tip.getBoundingClientRect();
  const left = Math.max(8, Math.min(place.left, document.documentElement.clientWidth - width - 8));
  const above = place.top - height - 6;
  tip.style.translate = `${left}px ${above > 0 ? above : place.bottom + 6}px`;
}

function unmark() {
  if (!word) return;
  word = null;
  tip.hidden = true;
  highlight("word", []);
  highlight("origin", []);
}

function walk(said, by) {
  const words = wordsOf(said);
  const next = words[Math.min(words.length - 1, Math.max(0, words.indexOf(word) + by))];
  showTip(next, point(next));
  told.textContent = `${next.range}: ${tip.textContent}`;
}

function neighbour(said, by) {
  sentences[sentences.indexOf(said) + by]?.focus();
}

const ON_SENTENCE = {
  ArrowDown: (said) => neighbour(said, 1),
  ArrowUp: (said) => neighbour(said, -1),
  j: (said) => neighbour(said, 1),
  k: (said) => neighbour(said, -1),
  ArrowRight: (said) => walk(said, getComputedStyle(said).direction === "rtl" ? -1 : 1),
  ArrowLeft: (said) => walk(said, getComputedStyle(said).direction === "rtl" ? 1 : -1),
};
const ON_SOURCE = {
  "]": () => panel.step(1),
  "[": () => panel.step(-1),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const said = event.target.closest(".said");
  const near = panel.isOpen && (said || aside.contains(event.target));
  const act = (said && ON_SENTENCE[event.key])
    || (near && ON_SOURCE[event.key])
    || (panel.isOpen && event.key === "Escape" && close);
  if (!act) return;
  event.preventDefault();
  act(said);
});

document.addEventListener("focusin", ({ target }) => {
  if (returning || !target.matches(".said:focus-visible")) return;
  clearTimeout(waiting);
  // Who goes past many sentences wants to see the last.
  waiting = setTimeout(() => show(target), 80);
});

document.querySelector(".brief").addEventListener("click", async (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  const link = event.target.closest(".said, .said ~ a");
  if (!link) return;
  event.preventDefault();
  const byKey = event.detail === 0;
  // Who drags over the words of a sentence selects them.
  if (!byKey && !getSelection().isCollapsed) return;
  const said = link.matches(".said") ? link : link.parentElement.querySelector(".said");
  const marker = said === link ? word?.said === said && word.marker : /\d+$/u.exec(link.hash)[0];
  const isOpen = await show(said, marker ? addressOf(said, marker) : said.href);
  if (isOpen && byKey) panel.focus();
});

document.addEventListener("pointermove", ({ target, pointerType, clientX, clientY }) => {
  if (pointerType !== "mouse") return;
  const said = target.closest?.(".said");
  const found = said && wordAt(said, clientX, clientY);
  if (!found) {
    if (!said) unmark();
  } else if (found !== word) {
    showTip(found, point(found));
  }
});
document.addEventListener("scroll", () => { tip.hidden = true; }, { passive: true });
// The pointer may rest on a word whose source was not there yet.
aside.addEventListener("opened", () => {
  if (word) showTip(word, point(word));
});
aside.querySelector(".close").addEventListener("click", close);

function openAddressed() {
  const said = sentences.find((one) => idOf(one) === location.hash.slice(1));
  if (said) show(said);
}

for (const said of sentences) said.draggable = false;
for (const marker of document.querySelectorAll(".said ~ a")) marker.tabIndex = -1;
addEventListener("hashchange", openAddressed);
openAddressed();
