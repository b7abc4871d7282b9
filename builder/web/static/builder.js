// What the page does besides htmx: marks mistakes, shows what a choice asks for, tabs, copying, cancelling.
"use strict";

const every = (selector, act, root = document) => root.querySelectorAll(selector).forEach(act);
const one = (id) => document.getElementById(id);

// Mistakes: the server lists them; each is named again at its input.
function markMistakes() {
  every("[aria-invalid]", (input) => {
    input.removeAttribute("aria-invalid");
    const described = (input.getAttribute("aria-describedby") || "").split(" ").filter((id) => !id.endsWith("-mistake"));
    described.length && described[0] ? input.setAttribute("aria-describedby", described.join(" ")) : input.removeAttribute("aria-describedby");
  });
  every(".mistake", (words) => words.remove());
  every("[data-mistake]", (link) => {
    const input = one(link.dataset.mistake);
    if (!input || !input.matches("input, select, textarea")) return;
    const words = document.createElement("p");
    words.className = "mistake";
    words.id = `${input.id}-mistake`;
    words.textContent = link.parentElement.querySelector("span").textContent;
    input.setAttribute("aria-invalid", "true");
    input.setAttribute("aria-describedby", [words.id, input.getAttribute("aria-describedby")].filter(Boolean).join(" "));
    input.after(words);
    openAround(input);
  });
}

function openAround(element) {
  for (let each = element.closest("details"); each; each = each.parentElement.closest("details")) each.open = true;
}

function goTo(id) {
  const target = one(id);
  if (!target) return;
  openAround(target);
  target.scrollIntoView({ block: "center" });
  target.focus({ preventScroll: true });
}

// Inputs that another one asks for.
function showFor(chooser) {
  every(`[data-chooser="${CSS.escape(chooser.name)}"]`, (part) => {
    part.hidden = !part.dataset.onlyFor.split(" ").includes(chooser.value);
  });
}

function selectTab(tab) {
  every('[role="tab"]', (each) => {
    const isIt = each === tab;
    each.setAttribute("aria-selected", isIt);
    each.tabIndex = isIt ? 0 : -1;
    one(each.getAttribute("aria-controls")).hidden = !isIt;
  }, tab.parentElement);
}

function moveInTabs(event) {
  const tab = event.target.closest('[role="tab"]');
  if (!tab) return;
  const tabs = [...tab.parentElement.children];
  const at = tabs.indexOf(tab);
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  const next = tabs[(to + tabs.length) % tabs.length];
  selectTab(next);
  next.focus();
}

async function copy(button) {
  const label = button.firstChild;
  const before = label.textContent;
  try {
    await navigator.clipboard.writeText(one(button.dataset.copy).textContent);
    label.textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(one(button.dataset.copy));
    label.textContent = "Press Ctrl+C";
  }
  setTimeout(() => { label.textContent = before; }, 1500);
}

// Seconds, while something is waited for.
const started = new Map();
function count(progress) {
  const seconds = progress.querySelector("[data-seconds]");
  const start = Date.now();
  const tick = () => { seconds.textContent = `${Math.round((Date.now() - start) / 1000)} s`; };
  tick();
  stop(progress);
  started.set(progress, setInterval(tick, 1000));
}
function stop(progress) {
  clearInterval(started.get(progress));
  started.delete(progress);
}
function progressOf(event) {
  const selector = event.detail.elt.getAttribute && event.detail.elt.getAttribute("hx-indicator");
  const progress = selector && document.querySelector(selector);
  return progress && progress.querySelector("[data-seconds]") ? progress : null;
}

function say(words) {
  one("notice").textContent = words;
  one("notice").hidden = !words;
}

document.addEventListener("click", (event) => {
  const target = event.target.closest("[data-mistake], [data-go], [data-copy], [data-abort], [data-clears], [role=tab], [data-step]");
  if (!target) return;
  if (target.matches("[data-mistake], [data-go]")) {
    event.preventDefault();
    goTo(target.hash.slice(1));
  } else if (target.dataset.copy) copy(target);
  else if (target.dataset.abort) htmx.trigger(one(target.dataset.abort), "htmx:abort");
  else if (target.dataset.clears) one(target.dataset.clears).value = "";
  else if (target.role === "tab" || target.getAttribute("role") === "tab") selectTab(target);
});
document.addEventListener("keydown", moveInTabs);
document.addEventListener("change", (event) => event.target.name && showFor(event.target));
// While a secret is typed, no part of it is sent; it is when it is all there.
document.addEventListener("input", (event) => {
  if (event.target.matches("[data-secret]")) event.stopPropagation();
  if (event.target.dataset.own) one(event.target.dataset.own).checked = true;
  if (event.target.dataset.filter) {
    const wanted = event.target.value.toLowerCase();
    every(event.target.dataset.filter, (row) => { row.hidden = !row.dataset.text.toLowerCase().includes(wanted); });
    event.stopPropagation();
  }
}, true);

document.addEventListener("htmx:afterSettle", markMistakes);
document.addEventListener("htmx:oobAfterSwap", markMistakes);
document.addEventListener("htmx:beforeRequest", (event) => {
  say("");
  const progress = progressOf(event);
  if (progress) count(progress);
});
document.addEventListener("htmx:afterRequest", (event) => {
  const progress = progressOf(event);
  if (progress) stop(progress);
});
document.addEventListener("htmx:responseError", (event) => {
  const words = event.detail.xhr.status >= 500 ? "Something failed here; what you typed is kept. See the terminal." : event.detail.xhr.responseText;
  say(words);
});
document.addEventListener("htmx:sendError", () => say("The builder does not answer: is it still running? Start it again and open the address that it prints."));

document.addEventListener("DOMContentLoaded", () => {
  markMistakes();
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      const link = document.querySelector(`[data-step="${entry.target.id}"]`);
      if (entry.isIntersecting) {
        every("[data-step]", (each) => each.removeAttribute("aria-current"));
        link.setAttribute("aria-current", "step");
      }
    }
  }, { rootMargin: "-30% 0px -60% 0px" });
  const watch = () => { seen.disconnect(); every(".step", (step) => seen.observe(step)); };
  watch();
  document.addEventListener("htmx:afterSettle", watch);
});
