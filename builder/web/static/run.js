// Keeps the poll of a run out of the rest of the page, and the log at its end.
"use strict";

const isPoll = (element) => element instanceof Element && element.closest("#run-live") !== null;
const POLL_EVENTS = ["htmx:beforeRequest", "htmx:afterRequest", "htmx:afterSettle", "htmx:oobAfterSwap"];

// Captured before builder.js, which clears notices and repeats issues at their inputs after each request.
POLL_EVENTS.forEach((name) => document.addEventListener(name, (event) => {
  if (isPoll(event.target) || event.target.id === "run-lines") event.stopPropagation();
}, true));

let isAtEnd = true;

document.addEventListener("scroll", (event) => {
  const log = event.target;
  if (log instanceof Element && log.matches("#run-log pre")) isAtEnd = log.scrollTop + log.clientHeight > log.scrollHeight - 8;
}, true);

// Attributes and text change with each poll.
new MutationObserver(() => {
  const log = document.querySelector("#run-log[open] pre");
  if (log && isAtEnd) log.scrollTop = log.scrollHeight;
}).observe(document.documentElement, { childList: true, subtree: true });
