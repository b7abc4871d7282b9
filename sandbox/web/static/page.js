// Shows that the server is offline, selects the line of a mapping error, and protects a button that is being pressed.
"use strict";

let isPressed = false;

function showOffline(isOffline) {
  document.querySelector(".offline").hidden = !isOffline;
}

function goToLine(link) {
  const text = document.getElementById("text");
  const lines = text.value.split("\n");
  const line = Number(link.dataset.line) - 1;
  const start = lines.slice(0, line).join("\n").length + (line > 0 ? 1 : 0);
  text.focus({ preventScroll: true });
  text.setSelectionRange(start, start + lines[line].length);
  document.querySelectorAll(".lines span")[line].scrollIntoView({ block: "center" });
}

document.addEventListener("htmx:sendError", () => showOffline(true));
document.addEventListener("htmx:afterOnLoad", () => showOffline(false));
document.addEventListener("pointerdown", (event) => { isPressed = event.button === 0; });
["pointerup", "pointercancel"].forEach((end) => document.addEventListener(end, () => { isPressed = false; }));
// If an element is replaced between press and release, it gets no click. The next poll, a second later, swaps instead.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (isPressed && event.detail.elt.matches('[hx-trigger^="every"]')) event.detail.shouldSwap = false;
});
document.addEventListener("DOMContentLoaded", () => {
  const links = [...document.querySelectorAll("a[data-line]")];
  links.forEach((link) => link.addEventListener("click", (event) => { event.preventDefault(); goToLine(link); }));
  if (links.length) goToLine(links[0]);
});
