// The source beside the brief. It shows the very pages that its links lead to.

export class Panel {
  #aside;
  #leaf;
  #name;
  #tell;
  #pages = new Map();
  #asked = 0;

  constructor(aside, tell) {
    this.#aside = aside;
    this.#leaf = aside.querySelector(".leaf");
    this.#name = aside.querySelector(".name");
    this.#tell = tell;
    aside.hidden = false;
    this.#leaf.addEventListener("click", (event) => this.#follow(event));
    for (const button of aside.querySelectorAll(".step")) {
      button.addEventListener("click", () => this.step(Number(button.dataset.by)));
    }
  }

  get article() {
    return this.#leaf.querySelector(".source");
  }

  get isOpen() {
    return this.#aside.classList.contains("open");
  }

  /** The top of what it covers of the screen; Infinity where it stands beside the brief. */
  get top() {
    const covers = getComputedStyle(this.#aside).position === "fixed";
    return covers ? this.#aside.getBoundingClientRect().top : Infinity;
  }

  /** Open a source; say whether it is still the one that was asked for last. */
  async open(address) {
    const asked = ++this.#asked;
    let article;
    try {
      article = await this.#article(address);
    } catch (fault) {
      if (asked === this.#asked) throw fault;
    }
    if (asked !== this.#asked) return false;
    this.#leaf.replaceChildren(article);
    const count = this.#passages.length;
    this.#aside.classList.add("open");
    this.#aside.classList.toggle("several", count > 1 || this.#sources.length > 1);
    document.documentElement.classList.add("sheet");
    const from = article.querySelector("header > .from");
    const title = article.querySelector("h2").textContent.trim();
    this.#name.replaceChildren(...(from ? [`[${article.dataset.marker}] `, ...from.cloneNode(true).childNodes] : [title]));
    this.#aside.scrollTop = 0;
    this.#turnTo(this.#passages[0] ?? article.querySelector(".text"));
    this.#tell(["Source", title, from?.textContent, count > 1 && `(${count} passages)`].filter(Boolean).join(" "));
    this.#aside.dispatchEvent(new Event("opened"));
    return true;
  }

  close() {
    this.#asked++;
    this.#leaf.replaceChildren();
    this.#aside.classList.remove("open");
    document.documentElement.classList.remove("sheet");
  }

  focus() {
    this.article?.querySelector("h2").focus({ preventScroll: true });
  }

  /** Go to the next passage or the one before, and past the last of them to the next source. */
  step(by) {
    const passages = this.#passages;
    const next = passages[passages.findIndex((one) => one.dataset.at) + by];
    if (next) {
      this.#turnTo(next);
      this.#tell(`Passage ${passages.indexOf(next) + 1} of ${passages.length}`);
      return;
    }
    const sources = this.#sources;
    sources[sources.findIndex((one) => one.hasAttribute("aria-current")) + by]?.click();
  }

  /** Bring a range of the article into sight, without moving the page. */
  reveal(range) {
    const { top, bottom } = range.getBoundingClientRect();
    const room = this.#aside.getBoundingClientRect();
    if (top < room.top + 48 || bottom > room.bottom - 8) this.#scrollBy(top);
  }

  get #passages() {
    return [...this.#leaf.querySelectorAll(".passage")];
  }

  get #sources() {
    return [...this.#leaf.querySelectorAll(".others a")];
  }

  #article(address) {
    const page = new URL(address);
    page.hash = "";
    if (!this.#pages.has(page.href)) {
      const fetched = fetchArticle(page.href);
      // What failed is asked for again.
      fetched.catch(() => this.#pages.delete(page.href));
      this.#pages.set(page.href, fetched);
    }
    return this.#pages.get(page.href);
  }

  #turnTo(passage) {
    for (const one of this.#passages) delete one.dataset.at;
    passage.dataset.at = "here";
    this.#scrollBy(passage.getBoundingClientRect().top);
  }

  /** Scroll to what is at a height of the screen; what the first view has is shown in that. */
  #scrollBy(top) {
    const room = this.#aside.getBoundingClientRect();
    const place = this.#aside.scrollTop + top - room.top;
    this.#aside.scrollTop = place < room.height * 0.6 ? 0 : place - Math.min(160, room.height / 3);
  }

  #follow(event) {
    const link = event.target.closest("a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const within = link.getAttribute("href");
    if (within.startsWith("#")) {
      event.preventDefault();
      this.#turnTo(this.#leaf.querySelector(within));
    } else if (link.closest(".others")) {
      event.preventDefault();
      this.#change(link, document.activeElement === link);
    }
  }

  async #change(link, hadFocus) {
    try {
      if ((await this.open(link.href)) && hadFocus) this.#leaf.querySelector("[aria-current]").focus();
    } catch {
      location.assign(link.href);
    }
  }
}

async function fetchArticle(address) {
  const answer = await fetch(address, { headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const article = page.querySelector(".source");
  if (!answer.ok || !article) throw new Error(`no source at ${address}`);
  return document.importNode(article, true);
}
