// Live updates and keys. Every page works without this file: it only shows what changed meanwhile and moves the focus.
"use strict";

// How often at most it is said that figures moved, in milliseconds: they move all the time.
const SAID_EVERY = 60000;
let lastSaid = 0;

// Says what was put in place; a screen reader reads it, for it stands in a status.
function tell(part) {
  const notice = document.querySelector("[data-notice]");
  const now = Date.now();
  if (!notice || ("whole" in part.dataset && now - lastSaid < SAID_EVERY)) return;
  lastSaid = now;
  notice.textContent = part.dataset.said;
}

// Puts a part that the window sent in place of the one that is shown. Whoever reads or writes within it is not disturbed.
function replaced(text) {
  const part = new DOMParser().parseFromString(text, "text/html").querySelector("[data-part]");
  const old = part && document.getElementById(part.id);
  if (!old || old.contains(document.activeElement)) return null;
  old.replaceWith(part);
  tell(part);
  return part;
}

// What a page shows has changed: the part that moves is put in place; where more of the page is old, say so, and let the reader
// fetch it when he likes.
function watch(bar, address) {
  if (!window.EventSource) return;
  const source = new EventSource(address);
  source.addEventListener("changed", (event) => {
    source.close();
    const part = replaced(event.data);
    if (!part || !("whole" in part.dataset)) bar.hidden = false;
    if (part) watch(bar, part.dataset.next);
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
  if (event.key === "/") {
    const find = document.querySelector("[data-find]");
    if (find) {
      event.preventDefault();
      find.focus();
    }
    return;
  }
  // A key of a choice selects it, one of a field or a button leads there; sending stays a deliberate act.
  const choice = Array.from(document.querySelectorAll("[data-key]")).find((one) => one.dataset.key === event.key);
  if (!choice) return;
  event.preventDefault();
  // Within what is folded nothing takes the focus.
  const folded = choice.tagName === "SUMMARY" ? null : choice.closest("details");
  if (folded) folded.open = true;
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

// Sends one file and shows what was answered. Gives why it was not sent, if it was not, and whether the others may be.
async function sendFile(form, file, results) {
  const one = new FormData();
  one.append("guard", form.querySelector("[name=guard]").value);
  one.append("files", file);
  let page, text;
  try {
    page = await fetch(form.action, { method: "POST", body: one, headers: { accept: "text/html" } });
    text = await page.text();
  } catch (_) {
    return { why: "broken", goesOn: false };
  }
  // Whose session ended is led to the sign-in, which is no answer to a file.
  if (page.redirected) return { why: "ended", goesOn: false };
  const read = new DOMParser().parseFromString(text, "text/html");
  const found = read.querySelector("[data-results]") || read.querySelector("main");
  // Beside many others it is not unfolded by itself.
  for (const folded of found.querySelectorAll("details[open]")) folded.open = false;
  results.append(...found.childNodes);
  if (page.ok) return { why: "", goesOn: true };
  // What is wrong with this file alone keeps no other back; a window that is closed does.
  return { why: "refused", goesOn: [400, 413, 422].includes(page.status) };
}

// Which files were not sent, and why. They stay chosen, so that sending them again is one key.
function tellUnsent(form, files, why) {
  const box = form.querySelector("[data-unsent]");
  const rest = new DataTransfer();
  box.querySelector("[data-why]").textContent = box.dataset[why];
  box.querySelector("a").hidden = why !== "ended";
  const lines = files.map((file) => {
    rest.items.add(file);
    const line = document.createElement("li");
    line.textContent = file.name;
    return line;
  });
  box.querySelector("ul").replaceChildren(...lines);
  box.hidden = false;
  form.querySelector("input[type=file]").files = rest.files;
}

// Many files: each is sent by itself, so that there is progress to see and what was answered stays when one fails.
async function upload(form) {
  const files = Array.from(form.querySelector("input[type=file]").files);
  const results = document.querySelector("[data-results]");
  const shown = form.querySelector("[data-progress]");
  const bar = shown.querySelector("progress");
  const told = shown.querySelector("[data-progress-text]");
  const button = form.querySelector("button");
  form.querySelector("[data-unsent]").hidden = true;
  shown.hidden = false;
  button.disabled = true;
  bar.max = files.length;
  results.replaceChildren();
  const unsent = [];
  let why = "";
  for (const [index, file] of files.entries()) {
    const sent = index - unsent.length;
    bar.value = sent;
    told.textContent = sent + " / " + files.length + " · " + file.name;
    const one = await sendFile(form, file, results);
    if (!one.why) continue;
    why = one.why;
    unsent.push(file);
    if (one.goesOn) continue;
    unsent.push(...files.slice(index + 1));
    break;
  }
  bar.value = files.length - unsent.length;
  told.textContent = bar.value + " / " + files.length;
  button.disabled = false;
  if (unsent.length > 0) tellUnsent(form, unsent, why);
}

function watchUpload(form) {
  form.addEventListener("submit", (event) => {
    const files = form.querySelector("input[type=file]").files;
    if (files.length < 2 || (event.submitter && event.submitter.name)) return;
    event.preventDefault();
    upload(form).catch(() => form.submit());
  });
}

// A telephone's camera gives one picture at a time: behind a field that has one stands another, up to as many as are taken.
function takeMore(box) {
  box.addEventListener("change", (event) => {
    const all = Array.from(box.querySelectorAll("input[type=file]"));
    const last = all[all.length - 1];
    if (event.target !== last || last.files.length === 0 || all.length >= Number(box.dataset.again)) return;
    const next = last.cloneNode();
    next.value = "";
    next.id = all[0].id + "-" + (all.length + 1);
    next.setAttribute("aria-label", box.querySelector("label").textContent + " " + (all.length + 1));
    last.after(next);
  });
}

for (const bar of document.querySelectorAll("[data-live]")) watch(bar, bar.dataset.live);
for (const form of document.querySelectorAll("form[data-upload]")) watchUpload(form);
for (const box of document.querySelectorAll("[data-again]")) takeMore(box);
for (const button of document.querySelectorAll("[data-keys-switch]")) switchKeys(button);
// Whoever is told that something is wrong begins where it is.
const wrong = document.querySelector("[aria-invalid=true]");
if (wrong) (wrong.matches("fieldset") ? wrong.querySelector("input") : wrong).focus();
if (document.querySelector("[data-rows], [data-key], [data-find]")) document.addEventListener("keydown", onKey);
