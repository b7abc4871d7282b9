// Undo and redo by keyboard. Text inputs keep their own undo.
"use strict";

const TEXT_INPUTS = "textarea, select, [contenteditable], input:not([type=checkbox], [type=radio], [type=button])";

document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || event.target.closest(TEXT_INPUTS)) return;
  const key = event.key.toLowerCase();
  const isRedo = key === "y" || (key === "z" && event.shiftKey);
  if (!isRedo && key !== "z") return;
  event.preventDefault();
  byId(isRedo ? "redo" : "undo")?.click();
});
