// What the page does besides htmx: marks mistakes, shows what a choice asks for, tabs, copying, cancelling.
"use strict";

const COPIED_MS = 1500;
const STILL_PX = 4;
const one = (id) => document.getElementById(id);
// An answer may have put another element of the same id where it was.
const inItsPlace = (element) => (element.isConnected ? element : one(element.id));
const each = (selector, act, root = document) => root.querySelectorAll(selector).forEach(act);

// Mistakes: the server lists them, and each is named again at its input.

function describe(input, ids) {
  if (ids.length) input.setAttribute("aria-describedby", ids.join(" "));
  else input.removeAttribute("aria-describedby");
}

function described(input) {
  return (input.getAttribute("aria-describedby") || "").split(" ").filter(Boolean);
}

function unmark(input) {
  input.removeAttribute("aria-invalid");
  describe(input, described(input).filter((id) => !id.endsWith("-mistake")));
}

function mark(input, text) {
  const words = document.createElement("p");
  words.className = "mistake";
  words.id = `${input.id}-mistake`;
  words.textContent = text;
  input.after(words);
  input.setAttribute("aria-invalid", "true");
  describe(input, [words.id, ...described(input)]);
  openAround(input);
}

function markMistakes() {
  each("[aria-invalid]", unmark);
  each(".mistake", (words) => words.remove());
  each("[data-mistake]", (link) => {
    const input = one(link.dataset.mistake);
    if (input?.matches("input, select, textarea")) mark(input, link.parentElement.querySelector("span").textContent);
  });
}

function openAround(element) {
  for (let around = element.closest("details"); around; around = around.parentElement.closest("details")) {
    around.open = true;
  }
}

function follow(link) {
  const target = one(decodeURIComponent(link.hash.slice(1)));
  if (!target) return;
  openAround(target);
  target.scrollIntoView({ block: "center" });
  target.focus({ preventScroll: true });
}

// Inputs that another one asks for.

function showFor(chooser) {
  each(`[data-chooser="${CSS.escape(chooser.name)}"]`, (part) => {
    part.hidden = !part.dataset.onlyFor.split(" ").includes(chooser.value);
  });
}

function filterRows(input) {
  const wanted = input.value.toLowerCase();
  each(input.dataset.filter, (row) => {
    row.hidden = !row.dataset.text.toLowerCase().includes(wanted);
  });
}

// Tabs, by the pattern of the ARIA authoring practices.

function selectTab(tab) {
  each('[role="tab"]', (other) => {
    const isIt = other === tab;
    other.setAttribute("aria-selected", String(isIt));
    other.tabIndex = isIt ? 0 : -1;
    one(other.getAttribute("aria-controls")).hidden = !isIt;
  }, tab.parentElement);
}

function moveInTabs(event) {
  const tab = event.target.closest('[role="tab"]');
  if (!tab) return;
  const tabs = [...tab.parentElement.children];
  const place = tabs.indexOf(tab);
  const places = { ArrowRight: place + 1, ArrowLeft: place - 1, Home: 0, End: tabs.length - 1 };
  if (!(event.key in places)) return;
  event.preventDefault();
  const next = tabs[(places[event.key] + tabs.length) % tabs.length];
  selectTab(next);
  next.focus();
}

async function copy(button) {
  const text = one(button.dataset.copy);
  const label = button.firstChild;
  const before = label.textContent;
  try {
    await navigator.clipboard.writeText(text.textContent);
    label.textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(text);
    label.textContent = "Press Ctrl+C";
  }
  setTimeout(() => { label.textContent = before; }, COPIED_MS);
}

// Seconds, while something is waited for.

const clocks = new Map();

function progressOf(event) {
  const selector = event.detail.elt.getAttribute?.("hx-indicator");
  return selector && document.querySelector(`${selector} [data-seconds]`);
}

function startClock(seconds) {
  const start = Date.now();
  const tick = () => { seconds.textContent = `${Math.round((Date.now() - start) / 1000)} s`; };
  stopClock(seconds);
  tick();
  clocks.set(seconds, setInterval(tick, 1000));
}

function stopClock(seconds) {
  clearInterval(clocks.get(seconds));
  clocks.delete(seconds);
}

function say(words) {
  one("notice").textContent = words;
  one("notice").hidden = !words;
}

const CLICKS = {
  go: follow,
  copy,
  abort: (button) => htmx.trigger(one(button.dataset.abort), "htmx:abort"),
  clears: (button) => { one(button.dataset.clears).value = ""; },
};

document.addEventListener("click", (event) => {
  const tab = event.target.closest('[role="tab"]');
  if (tab) selectTab(tab);
  for (const [name, act] of Object.entries(CLICKS)) {
    const element = event.target.closest(`[data-${name}]`);
    if (!element) continue;
    if (element.hash) event.preventDefault();
    act(element);
  }
});
document.addEventListener("keydown", moveInTabs);

// Leaving an input posts it, and the answer may move or replace what the pointer presses: no click then.

let press = {};

function pressed(target) {
  return target.closest("label") ?? target.closest("button, a, summary, input");
}

function clickInItsPlace(element) {
  const there = inItsPlace(element.control ?? element);
  if (there) there.click();
  else if (element.hash) follow(element);
}

document.addEventListener("pointerdown", (event) => {
  press = { element: event.button === 0 && pressed(event.target), x: event.clientX, y: event.clientY };
});
document.addEventListener("pointerup", (event) => {
  const { element, x, y } = press;
  press = {};
  if (!element || element.contains(event.target) || Math.hypot(event.clientX - x, event.clientY - y) > STILL_PX) return;
  clickInItsPlace(element);
});

// What is typed is posted by itself. What a button asks for waits for that: Port's credentials, for one, would go to
// the address that was there before.

const waiting = new Map();

function isPosting() {
  return document.querySelector("form[hx-trigger].htmx-request") !== null;
}

function goOn() {
  if (isPosting()) return;
  const ready = [...waiting];
  waiting.clear();
  for (const [element, act] of ready) {
    if (element.isConnected) act();
    else inItsPlace(element)?.click();
  }
}

document.addEventListener("htmx:confirm", (event) => {
  const { elt, verb, issueRequest } = event.detail;
  if (verb !== "post" || elt.matches("form[hx-trigger]") || !isPosting()) return;
  event.preventDefault();
  waiting.set(elt, issueRequest);
});
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[download]");
  if (!link || !isPosting()) return;
  event.preventDefault();
  waiting.set(link, () => link.click());
});
// Later: htmx first sends what it has queued.
document.addEventListener("htmx:afterRequest", () => setTimeout(goOn));

// What is being typed is newer than the answer that brings its input anew.
document.addEventListener("htmx:oobBeforeSwap", ({ detail: { target, fragment } }) => {
  const typed = document.activeElement;
  if (!target.contains(typed) || !typed.matches("input[id], textarea[id]") || typed.value === typed.defaultValue) return;
  const anew = fragment.querySelector(`#${CSS.escape(typed.id)}`);
  if (anew) anew.value = typed.value;
});

document.addEventListener("change", (event) => {
  if (event.target.name) showFor(event.target);
});
// Before htmx sees it: no part of a secret is posted while it is typed, and a filter is no input of the form.
document.addEventListener("input", (event) => {
  const { secret, own, filter } = event.target.dataset;
  if (own) one(own).checked = true;
  if (filter) filterRows(event.target);
  if (filter || secret !== undefined) event.stopPropagation();
}, true);

document.addEventListener("htmx:afterSettle", markMistakes);
document.addEventListener("htmx:oobAfterSwap", markMistakes);
document.addEventListener("htmx:beforeRequest", (event) => {
  say("");
  const seconds = progressOf(event);
  if (seconds) startClock(seconds);
});
document.addEventListener("htmx:afterRequest", (event) => {
  const seconds = progressOf(event);
  if (seconds) stopClock(seconds);
});
document.addEventListener("htmx:responseError", ({ detail: { xhr } }) => {
  say(xhr.status < 500 ? xhr.responseText : "Something failed here. What you typed is kept; the terminal says more.");
});
document.addEventListener("htmx:sendError", () => {
  say("The builder does not answer. Start it again, and open the address that it prints.");
});

// The step that is read is the one that is shown as current.

function watchSteps() {
  const watcher = new IntersectionObserver((entries) => {
    const seen = entries.find((entry) => entry.isIntersecting);
    if (!seen) return;
    each("[data-step]", (link) => {
      if (link.dataset.step === seen.target.id) link.setAttribute("aria-current", "step");
      else link.removeAttribute("aria-current");
    });
  }, { rootMargin: "-30% 0px -60% 0px" });
  const watch = () => {
    watcher.disconnect();
    each(".step", (step) => watcher.observe(step));
  };
  watch();
  document.addEventListener("htmx:afterSettle", watch);
}

document.addEventListener("DOMContentLoaded", () => {
  markMistakes();
  watchSteps();
});
