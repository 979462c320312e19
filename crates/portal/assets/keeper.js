// A keeper's page at a site: answers stay on the page, with a sound; and where the network is lost, the page goes on from the
// signed list that it loaded before. Whatever is not on a list that still counts is held. What was scanned without network is kept
// in the browser and sent afterwards; each scan has a number, so that none counts twice. What happens besides is kept and sent in the
// same queue, in order; a gate list without network leaves only if everything on it stands on the list, and what an X-ray suspects
// passes this device no more. Without this file the forms work by themselves.
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

function linesOf(text) {
  return (text || "").split("\n").map((line) => line.trim()).filter((line) => line);
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
      const [, first, second] = told.text.split("\n\n");
      const parcels = linesOf(first);
      const numbers = new Map();
      for (const parcel of parcels) {
        const number = parcel.slice(parcel.indexOf("/") + 1);
        numbers.set(number, (numbers.get(number) || 0) + 1);
      }
      const bags = new Map(linesOf(second).map((line) => line.split(" ")));
      // By the clock of the device and by the time since, whichever is later: a clock that is set back makes no list longer.
      this.list = { parcels: new Set(parcels), numbers, bags, time: told.time, asked, since: performance.now(), span: told.untilMillis - told.millis };
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

  // What this device X-rayed as suspect, or opened, and the window does not know of yet.
  isStopped(name) {
    const tail = name.slice(name.search(/[/:]/) + 1);
    const names = (text) => linesOf(text).some((line) => line === name || line.slice(line.search(/[/:]/) + 1) === tail);
    return this.kept.some(({ fields }) => fields && ((fields["h-result"] === "suspect" && names(fields["h-parcels"]))
      || (fields["h-kind"] === "unseal" && names(fields["h-bag"]))));
  }

  // The seal that a bag on the list has; undefined = it is not there.
  sealOf(list, bag) {
    return list.bags.get(bag) || list.bags.get(this.words.site.split(":")[0] + ":" + bag);
  }

  // Whether a parcel, or a bag, may pass by a list. While something suspect is still to be sent no bag does: it may be in one.
  passes(list, name) {
    if (!list || this.isStopped(name)) return false;
    if (list.parcels.has(name) || list.numbers.get(name) === 1) return true;
    const suspects = this.kept.some(({ fields }) => fields && fields["h-result"] === "suspect");
    return !suspects && this.sealOf(list, name) !== undefined;
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
    scan.offline = this.passes(list, parcel) ? "pass" : "hold";
    scan.list = list ? list.time : "";
    // The first try may have reached the window: this is another scan of the same parcel.
    scan.number = scanNumber();
    this.keep(scan);
    const why = list ? this.words.offline : this.words.nolist;
    const seal = list && scan.offline === "pass" ? this.sealOf(list, parcel) : undefined;
    this.show({ answer: scan.offline, alarm: false, parcel, said: seal ? why + " · " + seal : why });
  }

  // Adds to what is to be sent when the network is back.
  keep(entry) {
    this.kept.push(entry);
    this.store();
  }

  // What was scanned and recorded without network, in order: scans together, what happened one by one.
  async sendKept() {
    if (this.sending || this.kept.length === 0) return;
    this.sending = true;
    try {
      while (this.kept.length > 0 && (this.kept[0].fields ? await this.sendRecord(this.kept[0]) : await this.sendScans()));
    } finally {
      this.sending = false;
    }
    this.load();
  }

  async sendScans() {
    const end = this.kept.findIndex((entry) => entry.fields);
    const some = this.kept.slice(0, end < 0 ? TOGETHER : Math.min(end, TOGETHER));
    const results = await this.send(some);
    if (!results) return false;
    const done = new Set(results.map((one) => one.number));
    this.kept = this.kept.filter((scan) => !done.has(scan.number));
    this.store();
    for (const one of results.filter((one) => one.alarm)) this.alarm(one);
    return true;
  }

  async sendRecord(entry) {
    // The other form is there a moment after this one.
    if (!this.happening) return false;
    const told = await this.happening.send(entry.fields);
    if (!told) return false;
    this.kept = this.kept.filter((one) => one !== entry);
    this.store();
    // Whoever recorded it is told until the page is left: nobody looks at the form any more.
    if (told.kind !== "done") this.line(told.text);
    return true;
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
    this.line(this.words.alarm + ": " + result.parcel + " · " + result.said);
    this.show(result);
  }

  line(text) {
    const line = document.createElement("li");
    line.textContent = text;
    document.querySelector("[data-alarms]").append(line);
  }
}

// The form of what happens besides scans: it shows the fields of the kind that is chosen, answers in place, and is kept without network.
class Happening {
  constructor(form, keeper) {
    this.form = form;
    this.keeper = keeper;
    this.told = document.querySelector("[data-told]");
    keeper.happening = this;
    form.addEventListener("change", () => this.fit());
    // A scanner ends what it reads with Enter: that leads to the next field, and sends nothing that is half filled in.
    form.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !event.target.matches("[data-of] input")) return;
      event.preventDefault();
      const all = Array.from(form.querySelectorAll("[data-of]:not([hidden]) [name], button"));
      all[all.indexOf(event.target) + 1].focus();
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      keeper.turn = keeper.turn.then(() => this.take());
    });
    this.fit();
  }

  kind() {
    const chosen = this.form.querySelector("[name=h-kind]:checked");
    return chosen ? chosen.value : "";
  }

  fit() {
    const kind = this.kind();
    for (const part of this.form.querySelectorAll("[data-of]")) {
      part.hidden = kind !== "" && !part.dataset.of.split(" ").includes(kind);
    }
  }

  // What the form says: of fields that the kind does not take nothing.
  fields() {
    const fields = Object.fromEntries(new FormData(this.form));
    delete fields.guard;
    for (const input of this.form.querySelectorAll("[data-of][hidden] [name]")) fields[input.name] = "";
    return fields;
  }

  // Sends what happened; null = nobody answered.
  async send(fields) {
    const guard = this.form.querySelector("[name=guard]").value;
    try {
      const page = await fetch(this.form.action, { method: "POST", body: new URLSearchParams({ guard, ...fields }), signal: AbortSignal.timeout(WAIT) });
      if (page.status >= 500) return null;
      if (page.redirected || page.status === 401 || page.status === 403) {
        this.keeper.tell("hold", this.keeper.words.ended);
        return null;
      }
      const shown = new DOMParser().parseFromString(await page.text(), "text/html");
      const told = shown.querySelector("[data-told]");
      if (told) return { kind: told.dataset.told, text: this.name(fields) + told.textContent, part: told, page: shown };
      const words = shown.querySelector("main") || shown.body;
      return { kind: "refused", text: this.form.dataset.unsent + " " + this.name(fields) + words.textContent, part: words };
    } catch (_) {
      return null;
    }
  }

  name(fields) {
    return [fields["h-bag"], fields["h-vehicle"], linesOf(fields["h-parcels"])[0]].filter((text) => text).join(" ") + " · ";
  }

  // What of a gate list does not pass by the device's list; a seal that differs, too.
  stays(fields, list) {
    const bags = linesOf(fields["h-bags"]).map((line) => [line.replace(/\s+\S+$/, ""), line.split(/\s+/).pop()]);
    const differs = ([bag, seal]) => !this.keeper.passes(list, bag) || this.keeper.sealOf(list, bag) !== seal;
    return linesOf(fields["h-parcels"]).filter((parcel) => !this.keeper.passes(list, parcel))
      .concat(bags.filter(differs).map(([bag]) => bag));
  }

  async take() {
    const fields = { ...this.fields(), "h-at": stamp() };
    const told = await this.send(fields);
    if (told) {
      const parts = Array.from(told.part.childNodes).map((node) => document.importNode(node, true));
      this.told.replaceChildren(...parts);
      if (told.page) this.mark(told.page);
      if (told.kind !== "refused") this.next();
      if (told.kind !== "done") sound(told.kind === "alarm" ? "alarm" : "hold");
      return;
    }
    if (fields["h-kind"] === "gate-list" && fields["h-direction"] === "out") {
      const list = this.keeper.listed();
      const stays = this.stays(fields, list);
      if (!list || stays.length > 0) {
        this.say((list ? this.form.dataset.stays + " " + stays.join(", ") : this.keeper.words.nolist), "bad");
        sound("hold");
        return;
      }
      // The first try may have reached the window: this is another list, which left by what the device knew.
      Object.assign(fields, { "h-offline": "pass", "h-list": list.time, "h-number": scanNumber() });
    }
    this.keeper.keep({ number: fields["h-number"], fields });
    this.say(this.form.dataset.kept, "warn");
    this.next();
  }

  // What is wrong stands at its field, as on the page that was answered; whoever is told begins there.
  mark(page) {
    for (const fault of this.form.querySelectorAll(".fault")) fault.remove();
    for (const own of this.form.querySelectorAll("[data-of] [name]")) {
      const other = page.getElementById(own.id);
      for (const name of ["aria-describedby", "aria-invalid"]) {
        if (other && other.hasAttribute(name)) own.setAttribute(name, other.getAttribute(name));
        else own.removeAttribute(name);
      }
      const fault = page.getElementById(own.id + "-fault");
      if (fault) own.before(document.importNode(fault, true));
    }
    const wrong = this.form.querySelector("[data-of]:not([hidden]) [aria-invalid=true]");
    if (wrong) wrong.focus();
  }

  // The form for what happens next, of the same kind, under another number.
  next() {
    for (const input of this.form.querySelectorAll("[data-of] [name]")) {
      if (input.tagName !== "SELECT") input.value = "";
    }
    this.form.querySelector("[name=h-number]").value = scanNumber();
    const first = this.form.querySelector("[data-of]:not([hidden]) [name]");
    if (first) first.focus();
  }

  say(text, tone) {
    const box = document.createElement("div");
    box.className = "said " + tone;
    box.setAttribute("role", tone === "bad" ? "alert" : "status");
    const line = document.createElement("p");
    line.textContent = text;
    box.append(line);
    this.told.replaceChildren(box);
  }
}

// A telephone without a scanner reads codes with its camera, where the browser knows how: into the field that was used last.
class Camera {
  constructor(button, keeper) {
    this.button = button;
    this.keeper = keeper;
    this.video = document.querySelector("[data-video]");
    this.field = keeper.input;
    this.last = "";
    this.at = 0;
    if (!("BarcodeDetector" in window) || !navigator.mediaDevices) return;
    button.hidden = false;
    document.addEventListener("focusin", (event) => {
      if (event.target.matches("[data-keeper] [name=parcel], [data-of] input, [data-of] textarea")) this.field = event.target;
    });
    button.addEventListener("click", () => (this.stream ? this.stop() : this.start()));
  }

  async start() {
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      this.video.srcObject = this.stream;
      this.video.hidden = false;
      this.button.setAttribute("aria-pressed", "true");
      await this.video.play();
      this.look(new BarcodeDetector());
    } catch (_) {
      // Whoever does not let it look types.
      this.stop();
    }
  }

  stop() {
    for (const track of this.stream ? this.stream.getTracks() : []) track.stop();
    this.stream = null;
    this.video.hidden = true;
    this.button.setAttribute("aria-pressed", "false");
  }

  async look(detector) {
    while (this.stream) {
      const codes = await detector.detect(this.video).catch(() => []);
      if (codes.length > 0) this.take(codes[0].rawValue.trim());
      await new Promise((done) => setTimeout(done, 200));
    }
  }

  // What stays before the camera is read once.
  take(code) {
    const now = performance.now();
    const stays = code === this.last && now - this.at < 3000;
    this.last = code;
    this.at = now;
    if (!code || stays) return;
    const field = this.field.closest("[hidden]") ? this.keeper.input : this.field;
    if (field === this.keeper.input) {
      field.value = code;
      this.keeper.form.requestSubmit();
    } else if (field.tagName === "TEXTAREA") {
      field.value = linesOf(field.value).concat(code).join("\n") + "\n";
    } else {
      field.value = code;
    }
  }
}

for (const form of document.querySelectorAll("form[data-keeper]")) {
  const keeper = new Keeper(form);
  for (const button of form.querySelectorAll("[data-camera]")) new Camera(button, keeper);
  for (const happening of document.querySelectorAll("form[data-happening]")) new Happening(happening, keeper);
}
