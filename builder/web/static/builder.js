// Behavior beyond htmx: error messages at inputs, dependent inputs, tabs, copying, progress.
"use strict";

const COPIED_MS = 1500;
const CLICK_TOLERANCE_PX = 4;
const DOWNLOAD_MS = 500;
const byId = (id) => document.getElementById(id);
// A response may have replaced the element by another one with the same id.
const current = (element) => (element.isConnected ? element : byId(element.id));
const forEach = (selector, act, root = document) => root.querySelectorAll(selector).forEach(act);

function spanOf(text, className = "") {
  const span = document.createElement("span");
  span.className = className;
  span.textContent = text;
  return span;
}

// Issues: the server lists them, and each is repeated at its input.

function setDescription(input, ids) {
  if (ids.length) input.setAttribute("aria-describedby", ids.join(" "));
  else input.removeAttribute("aria-describedby");
}

function descriptionIds(input) {
  return (input.getAttribute("aria-describedby") || "").split(" ").filter(Boolean);
}

function clearIssue(input) {
  input.removeAttribute("aria-invalid");
  setDescription(input, descriptionIds(input).filter((id) => !id.endsWith("-mistake")));
}

function showIssue(input, texts) {
  const message = document.createElement("p");
  message.className = "mistake";
  message.id = `${input.id}-mistake`;
  message.append(...texts.map((text) => spanOf(text)));
  (input.closest(".jq") ?? input).after(message);
  input.setAttribute("aria-invalid", "true");
  setDescription(input, [message.id, ...descriptionIds(input)]);
  openAncestors(input);
}

function showIssues() {
  forEach("[aria-invalid]", clearIssue);
  forEach("textarea[data-position]", (input) => delete input.dataset.position);
  forEach(".mistake", (message) => message.remove());
  forEach("[data-mistake]", (link) => {
    const input = byId(link.dataset.mistake);
    if (!input?.matches("input, select, textarea")) return;
    showIssue(input, [...link.parentElement.querySelectorAll("span")].map((line) => line.textContent));
    if (link.dataset.position) input.dataset.position = link.dataset.position;
  });
  document.dispatchEvent(new CustomEvent("issues"));
}

function openAncestors(element) {
  for (let details = element.closest("details"); details; details = details.parentElement.closest("details")) {
    details.open = true;
  }
}

// A link to an input of another endpoint displays that endpoint first.
function follow(link) {
  const { endpoint } = link.dataset;
  const displayed = document.querySelector("#endpoint-form [name=number]");
  const tab = endpoint && displayed && endpoint !== displayed.value && byId(`show-${endpoint}`);
  if (!tab) {
    focusTarget(link);
    return;
  }
  const onLoad = () => {
    document.removeEventListener("htmx:afterSettle", onLoad);
    focusTarget(link);
  };
  document.addEventListener("htmx:afterSettle", onLoad);
  tab.click();
}

function focusTarget(link) {
  const target = byId(decodeURIComponent(link.hash.slice(1)));
  if (!target) return;
  openAncestors(target);
  target.scrollIntoView({ block: "center" });
  target.focus({ preventScroll: true });
}

// Inputs that depend on another input.

function showFor(chooser) {
  forEach(`[data-chooser="${CSS.escape(chooser.name)}"]`, (part) => {
    part.hidden = !part.dataset.onlyFor.split(" ").includes(chooser.value);
  });
  showForGrant();
}

// With OAuth 2.0, some inputs are for certain grants only.
function showForGrant() {
  const grant = byId("grant")?.value;
  if (byId("authType")?.value !== "oauth2") return;
  forEach("[data-grants]", (part) => {
    const isForType = part.dataset.onlyFor.split(" ").includes("oauth2");
    part.hidden = !isForType || !part.dataset.grants.split(" ").includes(grant);
  });
}

function filterRows(input) {
  const query = input.value.trim().toLowerCase();
  let count = 0;
  forEach(input.dataset.filter, (row) => {
    row.hidden = !row.dataset.text.toLowerCase().includes(query);
    if (row.hidden) return;
    count += 1;
    if (query) openAncestors(row);
  });
  forEach("[data-nothing-for]", (note) => {
    if (note.dataset.nothingFor === input.dataset.filter) note.hidden = count > 0;
  });
}

// Rows that the filter hides keep their tick.
function tickRows(selector, isTicked) {
  let last = null;
  forEach(`${selector}:not([hidden]) > input[type="checkbox"]`, (box) => {
    if (box.checked !== isTicked) last = box;
    box.checked = isTicked;
  });
  last?.dispatchEvent(new Event("change", { bubbles: true }));
}

function chooseValue(button) {
  const select = byId(button.dataset.chooses);
  select.value = button.dataset.value;
  select.dispatchEvent(new Event("change", { bubbles: true }));
}

// Tabs, following the ARIA Authoring Practices.

function selectTab(tab) {
  forEach('[role="tab"]', (other) => {
    const isSelected = other === tab;
    other.setAttribute("aria-selected", String(isSelected));
    other.tabIndex = isSelected ? 0 : -1;
    byId(other.getAttribute("aria-controls")).hidden = !isSelected;
  }, tab.parentElement);
}

function moveInTabs(event) {
  const tab = event.target.closest('[role="tab"]');
  if (!tab) return;
  const tabs = [...tab.parentElement.children];
  const index = tabs.indexOf(tab);
  const targets = { ArrowRight: index + 1, ArrowLeft: index - 1, Home: 0, End: tabs.length - 1 };
  if (!(event.key in targets)) return;
  event.preventDefault();
  const next = tabs[(targets[event.key] + tabs.length) % tabs.length];
  selectTab(next);
  next.focus();
}

async function copy(button) {
  const text = byId(button.dataset.copy);
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

// The seconds of a running request.

const clocks = new Map();

function secondsElement(event) {
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

function showNotice(text) {
  byId("notice").textContent = text;
  byId("notice").hidden = !text;
}

const CLICKS = {
  go: follow,
  copy,
  abort: (button) => htmx.trigger(byId(button.dataset.abort), "htmx:abort"),
  clears: (button) => { byId(button.dataset.clears).value = ""; },
  ticks: (button) => tickRows(button.dataset.ticks, true),
  unticks: (button) => tickRows(button.dataset.unticks, false),
  chooses: chooseValue,
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

// Enter does what belongs to the input. In an input for jq, Shift+Enter adds a line.
document.addEventListener("keydown", (event) => {
  const input = event.target;
  if (event.key !== "Enter" || event.isComposing || event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) return;
  if (!input.matches("textarea[data-jq], input:not([type=checkbox], [type=radio], [type=file])")) return;
  const button = byId(input.closest("[data-enter]")?.dataset.enter);
  if (!button && !input.matches("textarea, [data-filter]")) return;
  event.preventDefault();
  if (input.dataset.filter) return;
  if (button) button.click();
  else input.form.requestSubmit();
});

// Leaving an input posts its form. The response may move or replace the pressed element, and then the browser
// fires no click.

let press = {};

function clickable(target) {
  return target.closest("label") ?? target.closest("button, a, summary, input");
}

function clickCurrent(element) {
  const target = current(element.control ?? element);
  if (target) target.click();
  else if (element.hash) follow(element);
}

document.addEventListener("pointerdown", (event) => {
  press = { element: event.button === 0 && clickable(event.target), x: event.clientX, y: event.clientY };
});
document.addEventListener("pointerup", (event) => {
  const { element, x, y } = press;
  press = {};
  if (!element || element.contains(event.target) || Math.hypot(event.clientX - x, event.clientY - y) > CLICK_TOLERANCE_PX) return;
  clickCurrent(element);
});

// Inputs are posted automatically. The request of a button waits for that: otherwise, for example, credentials could
// be sent to the previous URL of Port. It also waits for requests that replace inputs: otherwise an older response
// could arrive later than a newer one.

const AUTOMATIC = "[hx-post][hx-trigger]";
const REPLACED = "#steps, #choose";
const changing = new Map();
const deferred = new Map();

function runDeferred() {
  for (const [element, act] of deferred) {
    if (changing.size) return;
    deferred.delete(element);
    if (element.isConnected) act();
    else current(element)?.click();
  }
}

document.addEventListener("htmx:confirm", (event) => {
  const { elt, verb, issueRequest } = event.detail;
  // A double click counts as one click: htmx drops the second one.
  const isSent = [...changing.values()].includes(elt);
  if (verb !== "post" || elt.matches(AUTOMATIC) || !changing.size || isSent) return;
  event.preventDefault();
  deferred.set(elt, issueRequest);
});
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[download]");
  if (!link || !changing.size) return;
  event.preventDefault();
  deferred.set(link, () => link.click());
});

// What is typed into an input while it is being replaced would be posted, but not shown.
function disableInputs(target, elt) {
  const inputs = [...target.querySelectorAll(AUTOMATIC)].filter((part) => !part.contains(elt));
  const setInert = (isInert) => inputs.forEach((part) => { part.inert = isInert; });
  setInert(true);
  return () => setInert(false);
}

document.addEventListener("htmx:beforeSend", ({ detail: { elt, target, xhr } }) => {
  const isReplacing = target.matches(REPLACED);
  if (!elt.matches(AUTOMATIC) && !isReplacing) return;
  const enableInputs = isReplacing ? disableInputs(target, elt) : () => {};
  changing.set(xhr, elt);
  // After htmx has shown the response and sent the request that it has queued.
  xhr.addEventListener("loadend", () => {
    changing.delete(xhr);
    enableInputs();
    runDeferred();
  });
});

// The text that the user is typing is newer than the input in the response.
document.addEventListener("htmx:oobBeforeSwap", ({ detail: { target, fragment } }) => {
  const typed = document.activeElement;
  if (!target.contains(typed) || !typed.matches("input[id], textarea[id]") || typed.value === typed.defaultValue) return;
  const replacement = fragment.querySelector(`#${CSS.escape(typed.id)}`);
  if (replacement) replacement.value = typed.value;
});

document.addEventListener("change", (event) => {
  if (event.target.name) showFor(event.target);
});
// Capture the event before htmx: a secret is not posted while it is typed, and a filter is not part of the form.
document.addEventListener("input", (event) => {
  const { secret, own, filter } = event.target.dataset;
  if (own) byId(own).checked = true;
  if (filter) filterRows(event.target);
  if (filter || secret !== undefined) event.stopPropagation();
}, true);

document.addEventListener("htmx:afterSettle", showIssues);
document.addEventListener("htmx:oobAfterSwap", showIssues);
document.addEventListener("htmx:beforeRequest", (event) => {
  showNotice("");
  const seconds = secondsElement(event);
  if (seconds) startClock(seconds);
});
document.addEventListener("htmx:afterRequest", (event) => {
  const seconds = secondsElement(event);
  if (seconds) stopClock(seconds);
});
document.addEventListener("htmx:responseError", ({ detail: { xhr } }) => {
  showNotice(xhr.status < 500 ? xhr.responseText : "The builder failed. Your inputs are kept. See the terminal for details.");
});
document.addEventListener("htmx:sendError", () => {
  showNotice("The builder does not respond. Restart it and open the address that it prints.");
});

// The states of steps and endpoints follow each action.

function refreshOverview() {
  const overview = byId("overview");
  if (overview) htmx.trigger(overview, "refresh");
}

document.addEventListener("htmx:afterRequest", ({ detail: { requestConfig } }) => {
  if (requestConfig.verb === "post") refreshOverview();
});
document.addEventListener("click", (event) => {
  // The browser starts a download without an event for its end.
  if (event.target.closest("a[download]")) setTimeout(refreshOverview, DOWNLOAD_MS);
});
document.addEventListener("htmx:oobBeforeSwap", ({ detail }) => {
  const { target, fragment } = detail;
  if (target.id !== "overview-content") return;
  const html = fragment.querySelector("#overview-content")?.innerHTML ?? fragment.innerHTML;
  if (target.shownHtml === html) detail.shouldSwap = false;
  target.shownHtml = html;
});

// Mark the step on display as current in the navigation.

function watchSteps() {
  const watcher = new IntersectionObserver((entries) => {
    const visible = entries.find((entry) => entry.isIntersecting);
    if (!visible) return;
    forEach("[data-step]", (link) => {
      if (link.dataset.step === visible.target.id) link.setAttribute("aria-current", "step");
      else link.removeAttribute("aria-current");
    });
  }, { rootMargin: "-30% 0px -60% 0px" });
  const watch = () => {
    watcher.disconnect();
    forEach(".step", (step) => watcher.observe(step));
  };
  watch();
  document.addEventListener("htmx:afterSettle", watch);
}

document.addEventListener("DOMContentLoaded", () => {
  showIssues();
  watchSteps();
});
