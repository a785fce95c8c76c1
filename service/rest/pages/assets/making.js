// The form that asks for a brief: more articles, files with what is said of them, and problems told
// beside what was typed. Without this script the form is sent as it stands.

import { shown } from "./visible.js";

const NAMED = ["name", "id", "for", "aria-describedby"];
const RECORDS = /\.jsonl?(\.gz)?$/i;
const form = document.getElementById("making");
const region = document.getElementById("problem");

/** Return a text in an element of that name. */
function made(name, text, attributes = {}) {
  const element = document.createElement(name);
  element.textContent = shown(text);
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
  return element;
}

/** Give the fields of a fieldset the number of their article or file. */
function number(fieldset, count) {
  for (const element of fieldset.querySelectorAll("*")) {
    for (const attribute of NAMED) {
      const value = element.getAttribute(attribute);
      if (value) element.setAttribute(attribute, value.replace(/-(N|\d+)-/, `-${count}-`));
    }
  }
}

function filled(template) {
  return document.getElementById(template).content.firstElementChild.cloneNode(true);
}

function removal(name, remove) {
  const button = made("button", "Remove", { type: "button", class: "quiet", "aria-label": shown(`Remove ${name}`) });
  button.addEventListener("click", remove);
  return button;
}

/* Articles */

function startArticles() {
  const list = document.getElementById("articles");
  const add = document.getElementById("add");
  const prepare = (article) => {
    const legend = article.querySelector("legend");
    legend.after(removal(legend.textContent, () => {
      article.remove();
      add.focus();
    }));
  };
  for (const article of [...list.children].slice(1)) {
    const fields = [...article.querySelectorAll("input, textarea")];
    if (fields.every((field) => !field.value)) article.remove();
  }
  [...list.children].forEach(prepare);
  let last = Math.max(...[...list.querySelectorAll("textarea")].map((text) => Number(text.name.split("-")[1])));
  add.addEventListener("click", () => {
    const article = filled("article-template");
    last += 1;
    number(article, last);
    article.querySelector("legend").textContent = `Article ${last}`;
    prepare(article);
    list.append(article);
    article.querySelector("textarea").focus();
  });
}

/* Files */

function spelled(bytes) {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1000)} KB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

function startFiles() {
  const input = document.getElementById("files");
  const list = document.getElementById("chosen");
  const area = input.closest(".drop");
  const chosen = new Map();

  const sync = () => {
    const held = new DataTransfer();
    [...chosen].forEach(([file, fieldset], at) => {
      held.items.add(file);
      number(fieldset, at + 1);
    });
    input.files = held.files;
  };
  const known = (file) => [...chosen.keys()].some((one) =>
    one.name === file.name && one.size === file.size && one.lastModified === file.lastModified);
  const take = (files) => {
    for (const file of files) {
      if (known(file)) continue;
      const fieldset = filled("file-template");
      const legend = fieldset.querySelector("legend");
      legend.append(made("bdi", file.name), ` (${spelled(file.size)})`);
      if (RECORDS.test(file.name)) {
        fieldset.replaceChildren(legend, made("p", "Its documents tell their titles, publishers and dates themselves.", { class: "hint" }));
      }
      legend.after(removal(file.name, () => {
        chosen.delete(file);
        fieldset.remove();
        sync();
        input.focus();
      }));
      chosen.set(file, fieldset);
      list.append(fieldset);
    }
    sync();
  };

  input.addEventListener("change", () => take([...input.files]));
  // What is dropped beside the area would be opened in place of the page, and all that was typed be
  // lost; text goes into the fields.
  const keepPage = (event) => {
    const isTyped = event.target.matches?.("textarea, input") && !event.dataTransfer.types.includes("Files");
    if (!isTyped) event.preventDefault();
  };
  addEventListener("dragover", keepPage);
  addEventListener("drop", keepPage);
  area.addEventListener("dragover", () => area.classList.add("over"));
  area.addEventListener("dragleave", () => area.classList.remove("over"));
  area.addEventListener("drop", (event) => {
    area.classList.remove("over");
    take([...event.dataTransfer.files]);
  });
  // What the browser itself still has chosen from before.
  take([...input.files]);
}

/* Sending */

function clearProblem() {
  region.hidden = true;
  for (const told of form.querySelectorAll(".fault")) told.remove();
  for (const field of form.querySelectorAll("[aria-invalid]")) {
    field.removeAttribute("aria-invalid");
    const others = (field.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => !id.endsWith("-fault"));
    if (others.join("")) field.setAttribute("aria-describedby", others.join(" "));
    else field.removeAttribute("aria-describedby");
  }
}

/** Tell a fault beside its field, and return the line of it for the summary. */
function toldFault({ pointer, detail }) {
  const name = pointer.slice(pointer.lastIndexOf("/") + 1);
  const field = document.getElementById(name);
  if (!field) return made("li", detail);
  const fault = made("span", detail, { class: "fault", id: `${name}-fault` });
  field.setAttribute("aria-invalid", "true");
  field.setAttribute("aria-describedby", `${field.getAttribute("aria-describedby") ?? ""} ${fault.id}`.trim());
  field.parentElement.append(fault);
  const legend = field.closest("fieldset")?.querySelector("legend").textContent;
  const label = field.labels?.[0]?.textContent;
  const line = made("li", `: ${detail}`);
  line.prepend(made("a", [legend, label].filter(Boolean).join(", "), { href: `#${name}` }));
  return line;
}

function tell(problem) {
  const list = document.createElement("ul");
  if (problem.errors) list.append(...problem.errors.map(toldFault));
  else if (problem.documents) {
    list.append(...problem.documents.map((one) => made("li", `${one.document_id}: ${one.reason}`, { dir: "auto" })));
  }
  region.replaceChildren(made("h2", problem.errors ? "This needs mending" : problem.title));
  region.append(list.children.length ? list : made("p", problem.detail, { dir: "auto" }));
  if (problem.status === 401) {
    region.append(made("a", "Sign in on another page, then send this once more", { href: "/sign-in", target: "_blank" }));
  }
  region.hidden = false;
  region.focus();
}

/** Send the form and go to the brief, or return the problem that stands in its way. */
async function sent(body) {
  try {
    const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/problem+json" } });
    if (answer.redirected) {
      location.assign(answer.url);
      return null;
    }
    return await answer.json();
  } catch {
    return { title: "No answer", detail: "The service cannot be reached. Nothing is lost; please try again." };
  }
}

function startSending() {
  const button = document.getElementById("send");
  const status = document.getElementById("sending");
  const busy = (is) => {
    button.setAttribute("aria-disabled", is);
    status.textContent = is ? "Sending …" : "";
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.getAttribute("aria-disabled") === "true") return;
    clearProblem();
    const body = new FormData(form);
    const most = Number(form.dataset.bytes);
    const size = [...body.values()].reduce((sum, one) => sum + (one.size ?? one.length), 0);
    if (size > most) {
      tell({ title: "Too large", detail: `These are ${spelled(size)}; one request may have ${spelled(most)}.` });
      return;
    }
    busy(true);
    const problem = await sent(body);
    if (problem) {
      busy(false);
      tell(problem);
    }
  });
  // Who comes back from the brief finds the page as it was left.
  addEventListener("pageshow", () => busy(false));
}

if (form) {
  for (const part of document.querySelectorAll(".by-script")) part.hidden = false;
  startArticles();
  startFiles();
  startSending();
}
