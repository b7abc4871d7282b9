// What HTML and htmx cannot say: that the server is gone, and where in a text a mistake is.
"use strict";

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
document.addEventListener("DOMContentLoaded", () => {
  const link = document.querySelector("a[data-line]");
  if (link) {
    link.addEventListener("click", (event) => { event.preventDefault(); goToLine(link); });
    goToLine(link);
  }
});
