// Live updates and keys. Every page works without this file: it only tells that something changed and moves the focus.
"use strict";

// What a page shows has changed: say so, and let the reader fetch it when he likes.
function watch(bar) {
  if (!window.EventSource) return;
  const source = new EventSource(bar.dataset.live);
  source.addEventListener("changed", () => {
    bar.hidden = false;
    source.close();
  });
  // The session ended, or the record is gone: the next page says so.
  source.addEventListener("ended", () => source.close());
}

// Keys for lists: j and k move between the rows that lead somewhere; Enter follows, as it does on every link.
function step(by) {
  const rows = Array.from(document.querySelectorAll("[data-rows] tbody tr a.lead"));
  if (rows.length === 0) return false;
  const at = rows.indexOf(document.activeElement);
  const next = at < 0 ? (by > 0 ? 0 : rows.length - 1) : at + by;
  if (next < 0 || next >= rows.length) return true;
  rows[next].focus();
  return true;
}

const KEYS = "keys";

function keysAreOn() {
  try {
    return window.localStorage.getItem(KEYS) !== "off";
  } catch (_) {
    return true;
  }
}

function onKey(event) {
  if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || !keysAreOn()) return;
  const typed = event.target;
  if (typed.matches("input:not([type=radio]):not([type=checkbox]), textarea, select")) return;
  if (event.key === "j" || event.key === "k") {
    if (step(event.key === "j" ? 1 : -1)) event.preventDefault();
    return;
  }
  // A key of a choice selects it; sending it stays a deliberate act.
  const choice = Array.from(document.querySelectorAll("[data-key]")).find((one) => one.dataset.key === event.key);
  if (!choice) return;
  event.preventDefault();
  if (choice.type === "radio") choice.checked = true;
  choice.focus();
}

// Single keys can be turned off (WCAG 2.1.4): a reader's own software may need them.
function switchKeys(button) {
  const tell = () => button.setAttribute("aria-pressed", keysAreOn() ? "true" : "false");
  button.hidden = false;
  tell();
  button.addEventListener("click", () => {
    try {
      window.localStorage.setItem(KEYS, keysAreOn() ? "off" : "on");
    } catch (_) {
      return;
    }
    tell();
  });
}

for (const bar of document.querySelectorAll("[data-live]")) watch(bar);
for (const button of document.querySelectorAll("[data-keys-switch]")) switchKeys(button);
if (document.querySelector("[data-rows], [data-key]")) document.addEventListener("keydown", onKey);
