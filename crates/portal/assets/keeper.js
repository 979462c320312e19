// A keeper's page at a site: answers stay on the page, with a sound; and where the network is lost, the page goes on from the
// signed list that it loaded before. Whatever is not on a list that still counts is held. What was scanned without network is kept
// in the browser and sent afterwards; each scan has a number, so that none counts twice. Without this file the form works by itself.
"use strict";

const SIGNS = { pass: "✓", inspect: "?", hold: "✕", alarm: "!" };
// Pitch in hertz and length in seconds, one after another: those who do not look hear what it is.
const SOUNDS = {
  pass: [[880, 0.12]],
  inspect: [[660, 0.12], [660, 0.12]],
  hold: [[220, 0.5]],
  alarm: [[440, 0.2], [220, 0.2], [440, 0.2], [220, 0.2]],
};
const LIST_EVERY = 60000;
const SEND_EVERY = 3000;
const WAIT = 8000;
// Scans that are sent together.
const TOGETHER = 100;

function sound(kind) {
  try {
    sound.context = sound.context || new AudioContext();
    let at = sound.context.currentTime;
    for (const [pitch, length] of SOUNDS[kind]) {
      const tone = sound.context.createOscillator();
      const volume = sound.context.createGain();
      tone.frequency.value = pitch;
      volume.gain.value = 0.3;
      tone.connect(volume).connect(sound.context.destination);
      tone.start(at);
      tone.stop(at + length);
      at += length + 0.06;
    }
  } catch (_) {
    // A device without sound still shows colour and sign.
  }
}

// A number that nobody else gives.
function scanNumber() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (one) => one.toString(16).padStart(2, "0")).join("");
}

// Now, as 14 digits in China.
function stamp() {
  return new Date(Date.now() + 8 * 3600000).toISOString().replace(/[^0-9]/g, "").slice(0, 14);
}

function bytesOf(hexadecimal) {
  return Uint8Array.from(hexadecimal.match(/../g) || [], (pair) => parseInt(pair, 16));
}

// Whether the window signed a list. A browser that does not know the algorithm has the word of the connection alone.
async function isSigned(told, key) {
  if (told.key !== key) return false;
  let known;
  try {
    known = await crypto.subtle.importKey("raw", bytesOf(key), "Ed25519", false, ["verify"]);
  } catch (_) {
    return true;
  }
  return crypto.subtle.verify("Ed25519", known, bytesOf(told.signature), new TextEncoder().encode(told.text));
}

class Keeper {
  constructor(form) {
    this.form = form;
    this.words = form.dataset;
    this.input = form.querySelector("[name=parcel]");
    this.answer = document.querySelector("[data-answer]");
    this.list = null;
    this.place = "keeper " + this.words.site;
    this.kept = this.stored();
    this.sending = false;
    this.turn = Promise.resolve();
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const parcel = this.input.value.trim();
      this.input.value = "";
      this.input.focus();
      // One after another: what is shown last is what was scanned last.
      if (parcel) this.turn = this.turn.then(() => this.take(parcel));
    });
    window.addEventListener("online", () => this.sendKept());
    setInterval(() => this.sendKept(), SEND_EVERY);
    setInterval(() => this.load(), LIST_EVERY);
    this.tellKept();
    this.load();
    this.sendKept();
    // A scanner types wherever the focus is: what begins nowhere begins in the field.
    document.addEventListener("keydown", (event) => {
      const nowhere = event.target === document.body && event.key.length === 1;
      if (nowhere && !event.ctrlKey && !event.altKey && !event.metaKey) this.input.focus();
    });
  }

  stored() {
    try {
      const kept = JSON.parse(window.localStorage.getItem(this.place) || "[]");
      return Array.isArray(kept) ? kept : [];
    } catch (_) {
      return [];
    }
  }

  store() {
    try {
      window.localStorage.setItem(this.place, JSON.stringify(this.kept));
    } catch (_) {
      // It stays in memory; closing the page would lose it, and the page says how much there is.
    }
    this.tellKept();
  }

  tellKept() {
    const told = document.querySelector("[data-kept]");
    told.textContent = this.kept.length > 0 ? this.words.waiting + " " + this.kept.length : "";
  }

  // The list of parcels that may pass, if it is the window's.
  async load() {
    try {
      const asked = Date.now();
      const page = await fetch(this.words.passes, { headers: { accept: "application/json" }, signal: AbortSignal.timeout(WAIT) });
      if (!page.ok || page.redirected) return;
      const told = await page.json();
      if (!(await isSigned(told, this.words.key))) return;
      const parcels = told.text.split("\n\n").slice(1).join("\n").split("\n").filter((line) => line);
      const numbers = new Map();
      for (const parcel of parcels) {
        const number = parcel.slice(parcel.indexOf("/") + 1);
        numbers.set(number, (numbers.get(number) || 0) + 1);
      }
      // By the clock of the device and by the time since, whichever is later: a clock that is set back makes no list longer.
      this.list = { parcels: new Set(parcels), numbers, time: told.time, asked, since: performance.now(), span: told.untilMillis - told.millis };
      const at = told.time.slice(8, 10) + ":" + told.time.slice(10, 12);
      document.querySelector("[data-known]").textContent = this.words.list + " " + at + " · " + told.count;
    } catch (_) {
      // The one before counts as long as it does.
    }
  }

  listed() {
    if (!this.list) return null;
    const age = Math.max(Date.now() - this.list.asked, performance.now() - this.list.since);
    return age < this.list.span ? this.list : null;
  }

  // Sends scans; null = nobody answered.
  async send(scans) {
    const body = new URLSearchParams({ guard: this.form.querySelector("[name=guard]").value, scans: JSON.stringify(scans) });
    let page;
    try {
      page = await fetch(this.words.scans, { method: "POST", body, headers: { accept: "application/json" }, signal: AbortSignal.timeout(WAIT) });
      if (page.status >= 500) return null;
      // Whose session ended is led to the sign-in: what was scanned stays here until somebody is signed in again.
      if (page.redirected || !page.ok) {
        this.tell("hold", this.words.ended);
        return null;
      }
      return (await page.json()).results;
    } catch (_) {
      return null;
    }
  }

  async take(parcel) {
    const direction = this.form.querySelector("[name=direction]:checked").value;
    const scan = { number: scanNumber(), parcel, direction, at: stamp() };
    const results = await this.send([scan]);
    if (results) {
      this.show(results[0]);
      return;
    }
    const list = this.listed();
    const passes = !!list && (list.parcels.has(parcel) || list.numbers.get(parcel) === 1);
    scan.offline = passes ? "pass" : "hold";
    scan.list = list ? list.time : "";
    // The first try may have reached the window: this is another scan of the same parcel.
    scan.number = scanNumber();
    this.kept.push(scan);
    this.store();
    const why = list ? this.words.offline : this.words.nolist;
    this.show({ answer: scan.offline, alarm: false, parcel, said: why });
  }

  // What was scanned without network, in order.
  async sendKept() {
    if (this.sending || this.kept.length === 0) return;
    this.sending = true;
    try {
      const some = this.kept.slice(0, TOGETHER);
      const results = await this.send(some);
      if (!results) return;
      const done = new Set(results.map((one) => one.number));
      this.kept = this.kept.filter((scan) => !done.has(scan.number));
      this.store();
      for (const one of results.filter((one) => one.alarm)) this.alarm(one);
    } finally {
      this.sending = false;
    }
    this.load();
  }

  show(result) {
    const kind = result.alarm ? "alarm" : result.answer;
    this.tell(kind, result.parcel + " · " + result.said);
    sound(kind);
  }

  tell(kind, said) {
    this.answer.className = "scan " + kind;
    this.answer.querySelector("[data-sign]").textContent = SIGNS[kind];
    this.answer.querySelector("[data-word]").textContent = this.words[kind];
    this.answer.querySelector("[data-said]").textContent = said;
  }

  // A parcel that passed without network and does not pass: it is told until the page is left.
  alarm(result) {
    const line = document.createElement("li");
    line.textContent = this.words.alarm + ": " + result.parcel + " · " + result.said;
    document.querySelector("[data-alarms]").append(line);
    this.show(result);
  }
}

for (const form of document.querySelectorAll("form[data-keeper]")) new Keeper(form);
