// Colors for jq: behind each input for jq, and in jq that is shown. The input stays an ordinary textarea.
"use strict";

(() => {
  // Prism nests tokens. The innermost type gives the color.
  function* leaves(tokens, type = "") {
    for (const token of [tokens].flat()) {
      if (typeof token === "string") yield { text: token, type };
      else yield* leaves(token.content, token.alias || token.type);
    }
  }

  // The server counts characters, JavaScript counts UTF-16 units.
  function unitsOf(text, characters) {
    return [...text].slice(0, characters).join("").length;
  }

  function colored(text, position) {
    const parts = document.createDocumentFragment();
    let start = 0;
    for (const { text: part, type } of leaves(Prism.tokenize(text, Prism.languages.jq))) {
      const isWrong = position >= start && position < start + part.length;
      const offset = isWrong ? position - start : part.length;
      if (offset) parts.append(spanOf(part.slice(0, offset), `jq-${[type].flat().pop()}`));
      if (isWrong) parts.append(spanOf(part.slice(offset), `jq-${[type].flat().pop()} jq-error`));
      start += part.length;
    }
    if (position >= text.length) parts.append(spanOf(" ", "jq-error"));
    return parts;
  }

  function paint(input) {
    const wrapper = input.parentElement;
    const { position } = input.dataset;
    const at = position === undefined ? -1 : unitsOf(input.value, Number(position));
    const below = wrapper.querySelector(".jq-colors");
    // The last character keeps the height of a last empty line.
    below.replaceChildren(colored(input.value || input.placeholder, input.value ? at : -1), "\u200b");
    wrapper.classList.toggle("is-empty", !input.value);
    wrapper.classList.add("is-colored");
  }

  function paintAll() {
    forEach("textarea[data-jq]", paint);
    forEach("code[data-jq]", (code) => {
      if (!code.firstElementChild) code.replaceChildren(colored(code.textContent, -1));
    });
  }

  document.addEventListener("input", ({ target }) => {
    if (!target.matches("textarea[data-jq]")) return;
    delete target.dataset.position;
    paint(target);
  }, true);
  document.addEventListener("issues", paintAll);
  document.addEventListener("htmx:afterSettle", paintAll);
  document.addEventListener("DOMContentLoaded", paintAll);
})();
