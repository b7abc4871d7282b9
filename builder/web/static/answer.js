// The answer beside the form: it follows the sample, marks what is picked, and is a drawer on narrow screens.
"use strict";

(() => {
  const WAITING = ["/endpoint/fetch", "/endpoint/paste", "/choice/next", "/choice/items", "/preview"];
  const ROLES = ["identifier", "title", "property"];
  const pane = () => byId("answer");

  // The server says with each response which answer is current, and which fields are picked.

  let requested = "";

  function followSample() {
    const current = byId("answer-version");
    const shown = document.querySelector("#answer-response > [data-version]");
    if (!current || current.dataset.version === requested) return;
    const isFirst = !requested && !shown;
    requested = current.dataset.version;
    if (isFirst || shown?.dataset.version === requested) return;
    const slices = byId("answer-slices");
    if (slices.dataset.sample !== current.dataset.sample) slices.replaceChildren();
    htmx.trigger(document.body, "answer");
  }

  function rolesByField() {
    const roles = new Map();
    forEach("#answer-picks [data-role]", ({ dataset: { field, role } }) => {
      roles.set(field, [...(roles.get(field) ?? []), role]);
    });
    return roles;
  }

  function mark() {
    const roles = rolesByField();
    forEach("#answer .node[data-field]", (node) => {
      const own = roles.get(node.dataset.field) ?? [];
      const place = node.querySelector(":scope > summary > .roles");
      const text = own.join(" ");
      if (place.dataset.shown === text) return;
      place.dataset.shown = text;
      place.replaceChildren(...ROLES.filter((role) => own.includes(role)).map((role) => spanOf(role, `role ${role}`)));
      forEach(":scope > .inside > .picks > [data-role]", (button) => {
        button.setAttribute("aria-pressed", String(own.includes(button.dataset.role)));
      }, node);
    });
  }

  // The tree is replaced when another list is picked: the focus returns to the same place.

  let focused = "";

  function noteFocus() {
    const node = document.activeElement?.closest?.("#answer-response .node");
    focused = node ? node.id : "";
  }

  function restoreFocus() {
    if (focused) byId(focused)?.querySelector("summary").focus();
    focused = "";
  }

  function onSwapped({ detail: { target } }) {
    if (target.id === "answer-response") {
      byId("answer-slices").dataset.sample = byId("answer-version").dataset.sample;
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
    const opener = byId("answer-open");
    pane().classList.toggle("open", isOpen);
    opener.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) byId("answer-close").focus();
    else opener.focus();
  }

  function nameDrawer() {
    const parts = [...byId("answer-summary").children].map((each) => each.textContent.trim());
    byId("answer-open").textContent = ["Show the answer", ...parts].join(" · ");
  }

  document.addEventListener("click", ({ target }) => {
    if (target.closest("[data-answer-open]")) setDrawer(true);
    if (target.closest("[data-answer-close]")) setDrawer(false);
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && pane().classList.contains("open")) setDrawer(false);
  });

  document.addEventListener("htmx:beforeSwap", ({ detail: { target } }) => {
    if (target.id === "answer-response") noteFocus();
  });
  document.addEventListener("htmx:afterSwap", onSwapped);
  document.addEventListener("htmx:oobAfterSwap", onSwapped);
  document.addEventListener("htmx:beforeRequest", (event) => setBusy(event, true));
  document.addEventListener("htmx:afterRequest", (event) => setBusy(event, false));
})();
