// Follows a brief while it is made. What is told here the server tells as well, each time it is asked.

import { shown } from "./visible.js";

const LOOK_AGAIN_MS = 5000;
// The first event of every brief: that it was accepted, which this page shows already.
const ACCEPTED = "1-0";

const making = document.getElementById("making");
const said = document.getElementById("said");
const bar = document.getElementById("bar");
const count = document.getElementById("count");
const steps = [...making.querySelectorAll("[data-stage]")];
const opened = performance.now() - Number(making.dataset.waited) * 1000;

const show = (element, text) => {
  if (element.textContent !== text) element.textContent = text;
};

const current = () => steps.findIndex((step) => step.hasAttribute("aria-current"));

const nameOf = (step) => step.querySelector(".name").textContent;

const tellStep = () => {
  const at = current();
  show(said, `Step ${at + 1} of ${steps.length}: ${nameOf(steps[at])}`);
};

const reach = (stage) => {
  const at = steps.findIndex((step) => step.dataset.stage === stage);
  if (at < 0 || at === current()) return;
  steps.forEach((step, place) => {
    step.removeAttribute("aria-current");
    show(step.querySelector(".state"), place < at ? "done" : place === at ? "now" : "");
  });
  steps[at].setAttribute("aria-current", "step");
  bar.setAttribute("aria-label", nameOf(steps[at]));
  tellStep();
};

const measure = (done, total) => {
  if (total > 1) {
    bar.max = total;
    bar.value = done;
  } else {
    bar.removeAttribute("value");
  }
  show(count, total > 1 ? `${done} of ${total}` : "");
};

const add = (statement) => {
  const line = document.createElement("li");
  line.dir = "auto";
  line.textContent = shown(statement.text);
  document.getElementById("statements").append(line);
  document.getElementById("arriving").hidden = false;
};

const spell = (seconds) => {
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (hours) return `${hours} h ${minutes % 60} min`;
  return minutes ? `${minutes} min ${seconds % 60} s` : `${seconds} s`;
};

// Asked without the page being left: what a service that is down would answer is no better.
const lookAgain = async () => {
  try {
    const answer = await fetch(making.dataset.page, { method: "HEAD" });
    if (answer.status < 500 && answer.status !== 429) return location.reload();
  } catch {
    // It cannot be reached yet.
  }
  setTimeout(lookAgain, LOOK_AGAIN_MS);
};

const follow = () => {
  const events = new EventSource(making.dataset.events);
  const leave = () => {
    events.close();
    location.replace(making.dataset.page);
  };
  events.addEventListener("open", tellStep);
  events.addEventListener("queued", (event) => {
    if (event.lastEventId === ACCEPTED) return;
    reach("queued");
    measure(0, 0);
  });
  events.addEventListener("progress", (event) => {
    const { stage, done, total } = JSON.parse(event.data);
    reach(stage);
    measure(done, total);
  });
  events.addEventListener("statement", (event) => add(JSON.parse(event.data)));
  events.addEventListener("done", leave);
  events.addEventListener("failed", leave);
  events.addEventListener("error", () => {
    show(said, "The connection was lost. It is being taken up again.");
    // Otherwise the browser comes back by itself.
    if (events.readyState === EventSource.CLOSED) setTimeout(lookAgain, LOOK_AGAIN_MS);
  });
};

const tellWaited = () => {
  show(document.getElementById("waited"), `, ${spell(Math.floor((performance.now() - opened) / 1000))} ago`);
};

setInterval(tellWaited, 1000);
tellWaited();
// A page kept from before has missed what happened since.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
follow();
