// The answer beside the form: it follows the sample, marks what is picked, and is a drawer on narrow screens.
"use strict";

(() => {
  const WAITING = ["/endpoint/fetch", "/endpoint/paste", "/choice/next", "/choice/items", "/preview"];
  const ROLES = ["identifier", "title", "property"];
  const pane = () => document.getElementById("answer");
  const inPane = (selector) => document.querySelectorAll(`#answer ${selector}`);

  // The server says with each response which answer is current, and which fields are picked.

  let requested = "";

  function followSample() {
    const current = document.getElementById("answer-version");
    const shown = document.querySelector("#answer-response > [data-version]");
    if (!current || current.dataset.version === requested) return;
    const isFirst = !requested && !shown;
    requested = current.dataset.version;
    if (isFirst || shown?.dataset.version === requested) return;
    const slices = document.getElementById("answer-slices");
    if (slices.dataset.sample !== current.dataset.sample) slices.replaceChildren();
    htmx.trigger(document.body, "answer");
  }

  function rolesByField() {
    const roles = new Map();
    document.querySelectorAll("#answer-picks [data-role]").forEach(({ dataset: { field, role } }) => {
      roles.set(field, [...(roles.get(field) ?? []), role]);
    });
    return roles;
  }

  function mark() {
    const roles = rolesByField();
    inPane(".node[data-field]").forEach((node) => {
      const own = roles.get(node.dataset.field) ?? [];
      const place = node.querySelector(":scope > summary > .roles");
      const text = own.join(" ");
      if (place.dataset.shown === text) return;
      place.dataset.shown = text;
      place.replaceChildren(...ROLES.filter((role) => own.includes(role)).map(tag));
      node.querySelectorAll(":scope > .inside > .picks > [data-role]").forEach((button) => {
        button.setAttribute("aria-pressed", String(own.includes(button.dataset.role)));
      });
    });
  }

  function tag(role) {
    const element = document.createElement("span");
    element.className = `role ${role}`;
    element.textContent = role;
    return element;
  }

  // The tree is replaced when another list is picked: the focus returns to the same place.

  let focused = "";

  function noteFocus() {
    const node = document.activeElement?.closest?.("#answer-response .node");
    focused = node ? node.id : "";
  }

  function restoreFocus() {
    if (focused) document.getElementById(focused)?.querySelector("summary").focus();
    focused = "";
  }

  function onSwapped({ detail: { target } }) {
    if (target.id === "answer-response") {
      document.getElementById("answer-slices").dataset.sample = document.getElementById("answer-version").dataset.sample;
      restoreFocus();
      nameDrawer();
      htmx.trigger(document.body, "answer-items");
    }
    followSample();
    mark();
  }

  // While a request runs, the pane says so.

  const running = new Set();

  function setBusy(event, isRunning) {
    const { pathInfo, xhr } = event.detail;
    const path = pathInfo?.requestPath?.split("?")[0] ?? "";
    if (!WAITING.includes(path) && !path.startsWith("/answer")) return;
    if (isRunning) running.add(xhr);
    else running.delete(xhr);
    pane().setAttribute("aria-busy", String(running.size > 0));
  }

  // The drawer.

  function setDrawer(isOpen) {
    const opener = document.getElementById("answer-open");
    pane().classList.toggle("open", isOpen);
    opener.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) document.getElementById("answer-close").focus();
    else opener.focus();
  }

  function nameDrawer() {
    const parts = [...inPane("#answer-summary > *")].map((each) => each.textContent.trim());
    document.getElementById("answer-open").textContent = ["Show the answer", ...parts].join(" · ");
  }

  document.addEventListener("click", ({ target }) => {
    if (target.closest("[data-answer-open]")) setDrawer(true);
    if (target.closest("[data-answer-close]")) setDrawer(false);
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && pane().classList.contains("open")) setDrawer(false);
    // Enter in an input of the request fetches a sample.
    if (event.key !== "Enter" || event.isComposing || !event.target.matches?.("#endpoint-form input")) return;
    event.preventDefault();
    event.target.dispatchEvent(new Event("change", { bubbles: true }));
    document.getElementById("fetch").click();
  });

  document.addEventListener("htmx:beforeSwap", ({ detail: { target } }) => {
    if (target.id === "answer-response") noteFocus();
  });
  document.addEventListener("htmx:afterSwap", onSwapped);
  document.addEventListener("htmx:oobAfterSwap", onSwapped);
  document.addEventListener("htmx:beforeRequest", (event) => setBusy(event, true));
  document.addEventListener("htmx:afterRequest", (event) => setBusy(event, false));
})();
