// What HTML and htmx cannot say: that the server is gone, where in a text a mistake is, and what is being pressed.
"use strict";

let isPressed = false;

function tellOffline(gone) {
  document.querySelector(".offline").hidden = !gone;
}

function goToLine(link) {
  const text = document.getElementById("text");
  const lines = text.value.split("\n");
  const line = Number(link.dataset.line) - 1;
  const start = lines.slice(0, line).join("\n").length + (line > 0 ? 1 : 0);
  text.focus({ preventScroll: true });
  text.setSelectionRange(start, start + lines[line].length);
  document.querySelector(".lines .bad").scrollIntoView({ block: "center" });
}

document.addEventListener("htmx:sendError", () => tellOffline(true));
document.addEventListener("htmx:afterOnLoad", () => tellOffline(false));
document.addEventListener("pointerdown", (event) => { isPressed = event.button === 0; });
["pointerup", "pointercancel"].forEach((end) => document.addEventListener(end, () => { isPressed = false; }));
// What is exchanged between press and release is not clicked; the next look, a second later, brings the change.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (isPressed && event.detail.elt.matches('[hx-trigger^="every"]')) event.detail.shouldSwap = false;
});
document.addEventListener("DOMContentLoaded", () => {
  const link = document.querySelector("a[data-line]");
  if (link) {
    link.addEventListener("click", (event) => { event.preventDefault(); goToLine(link); });
    goToLine(link);
  }
});
