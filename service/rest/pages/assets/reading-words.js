// The words of a sentence, and the same words in its source: told apart alike, matched by their number.

const segmenter = new Intl.Segmenter(undefined, { granularity: "word" });

/** Return the words of some elements, read as one text: their letters, and a range for each. */
function wordsIn(elements) {
  const nodes = [];
  let text = "";
  for (const element of elements) {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      nodes.push({ node: walker.currentNode, start: text.length });
      text += walker.currentNode.data;
    }
  }
  return [...segmenter.segment(text)]
    .filter(({ segment }) => /\S/u.test(segment))
    .map(({ segment, index }) => ({
      letters: segment.toLowerCase(),
      range: rangeOf(nodes, index, index + segment.length),
    }));
}

function rangeOf(nodes, start, end) {
  const holds = (at) => nodes.findLast((one) => one.start <= at);
  const first = holds(start);
  const last = holds(end - 1);
  const range = document.createRange();
  range.setStart(first.node, start - first.start);
  range.setEnd(last.node, end - last.start);
  return range;
}

const known = new WeakMap();

/** Return the words of a sentence in their order: each with its piece, its number in that, its source. */
export function wordsOf(said) {
  if (!known.has(said)) {
    const runs = [...said.querySelectorAll("[data-piece]")];
    known.set(said, (runs.length ? runs : [said]).flatMap((run) =>
      wordsIn([run]).map((word, number) =>
        ({ ...word, said, number, piece: run.dataset.piece ?? "0", marker: sourceOf(run, said) }))));
  }
  return known.get(said);
}

/** Return the marker of the source of some words; null where the service added them. */
function sourceOf(run, said) {
  if (run.classList.contains("own")) return null;
  return run.dataset.marker ?? /(\d+)#/u.exec(said.href)[1];
}

/** Return the word of a sentence that is under a point of the screen. */
export function wordAt(said, x, y) {
  const under = ({ left, right, top, bottom }) => left <= x && x <= right && top <= y && y <= bottom;
  return wordsOf(said).find(({ range }) => [...range.getClientRects()].some(under));
}

/** Return where in an article a word is from: the very word, or all of its run where they differ. */
export function originOf(word, article) {
  const runs = [...article.querySelectorAll(`[data-piece~="${word.piece}"]`)];
  const there = wordsIn(runs);
  const found = there[word.number];
  return found?.letters === word.letters ? [found.range] : there.map(({ range }) => range);
}

/** Mark ranges under a name that the style sheet knows; none unmarks. */
export function highlight(name, ranges) {
  CSS.highlights?.set(name, new Highlight(...ranges));
}
