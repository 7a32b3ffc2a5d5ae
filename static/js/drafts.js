// A section of the nomination while one types: the portal is sent what was changed a moment after the last key, and until it has it a
// copy lies on this computer, which is offered when the page is opened again. The copy is encrypted with a key that only the portal
// knows and gives to the same person, so whoever sits here next can do nothing with it (docs/adr/0006-drafts.md).

const SAVE_AFTER = 1500;
const COPY_AFTER = 300;
const TRY_AGAIN_AFTER = 10000;
const SEND_LIMIT = 30000;
const PATIENCE = 5000;
const NOTICED = 1500; // a dispute told later than that before the button was pressed cannot have been decided with it
const SEEN = 96; // pixels of an entry that the foot of the form never covers while somebody writes there
const OUTLIVES = 15000; // characters; a browser keeps at most 64 kB alive
const form = document.querySelector("form[data-draft]");
const hidden = (name) => form.querySelector(`[name=${name}]`);
const place = (name) => document.querySelector(`[data-draft-${name}]`);

const entries = () => [...new FormData(form)].filter(([name]) => !name.startsWith("_") && name !== "csrfmiddlewaretoken");
const written = () => JSON.stringify(entries());

// -- the copy on this computer

const prefix = `draft:${form.dataset.draft}:${location.pathname}:`;
const secure = Boolean(window.crypto && window.crypto.subtle); // not over plain HTTP: then the copy lives as long as this tab
const bytes = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
const text = (buffer) => btoa(Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join(""));
const key = secure && window.crypto.subtle.importKey("raw", bytes(form.dataset.draftKey), "AES-GCM", false, ["encrypt", "decrypt"]);

function shelf() {
  try {
    return secure ? window.localStorage : window.sessionStorage;
  } catch {
    return null; // switched off
  }
}

async function sealed(content) {
  if (!secure) return content;
  const iv = window.crypto.getRandomValues(new Uint8Array(12));
  const coded = await window.crypto.subtle.encrypt({ name: "AES-GCM", iv }, await key, new TextEncoder().encode(content));
  return `${text(iv)}.${text(coded)}`;
}

async function opened(content) {
  if (!secure) return content;
  const [iv, coded] = content.split(".").map(bytes);
  return new TextDecoder().decode(await window.crypto.subtle.decrypt({ name: "AES-GCM", iv }, await key, coded));
}

// -- what the page knows of itself

const begun = window.begun(form);
const unsaved = begun || form.hasAttribute("data-unsaved");
let saved = unsaved ? "" : written(); // what the portal has, all of it
let answered = saved; // what it has said its word about; some of it may be unreadable or disputed
let sent = "";
let turn = Number(hidden("_turn").value);
let sending = null;
let saveTimer = 0;
let copyTimer = 0;
let errors = {};
let disputed = { entries: "", since: 0 }; // what somebody else changed as well, and when that was told
let own = prefix + hidden("_page").value;
let leaving = false;

async function copy() {
  window.clearTimeout(copyTimer);
  const now = written();
  if (now === saved) return uncopy();
  const record = { at: Date.now(), entries: [...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken") };
  try {
    const content = await sealed(JSON.stringify(record));
    if (written() === saved) return uncopy();
    shelf().setItem(own, `${record.at} ${content}`);
    form.dataset.kept = now === written() ? "yes" : "";
  } catch {
    form.dataset.kept = ""; // full, or switched off: leaving asks first
  }
  return undefined;
}

function uncopy() {
  try {
    shelf().removeItem(own);
  } catch {
    // switched off
  }
  form.dataset.kept = "yes";
}

// -- what the page says

function say(sentence) {
  const line = place("said");
  if (line.textContent !== sentence) line.textContent = sentence;
}

function alarm(name, sentence = "") {
  const box = place("alert");
  const shown = name + sentence;
  if (box.dataset.shown === shown) return;
  box.dataset.shown = shown;
  box.textContent = "";
  if (sentence) box.append(Object.assign(document.createElement("p"), { textContent: sentence }));
  else if (name) box.append(form.querySelector(`template[data-draft-words="${name}"]`).content.cloneNode(true));
  if (name) say("");
}

function nameError(control, sentences) {
  const id = `${control.id}_error`;
  const box = document.getElementById(id) || document.createElement("div");
  const describing = (control.getAttribute("aria-describedby") || "").split(" ").filter((other) => other && other !== id);
  control.classList.toggle("is-invalid", sentences.length > 0);
  if (!sentences.length) {
    box.remove();
    control.removeAttribute("aria-invalid");
  } else {
    if (box.textContent !== sentences.join("")) {
      box.textContent = "";
      sentences.forEach((sentence) => box.append(Object.assign(document.createElement("p"), { textContent: sentence })));
    }
    Object.assign(box, { id, className: "invalid-feedback" });
    control.setAttribute("aria-invalid", "true");
    if (!box.parentNode) control.after(box);
    describing.push(id);
  }
  if (describing.length) control.setAttribute("aria-describedby", describing.join(" "));
  else control.removeAttribute("aria-describedby");
}

// Sentences stand at the entries; the one in which somebody is writing is left in peace until he has gone on.
function showErrors() {
  for (const control of form.querySelectorAll("[id^=id_]")) {
    const sentences = errors[control.id] || [];
    const named = control.classList.contains("is-invalid");
    if (control.matches("input, textarea, select") && control !== document.activeElement && (named || sentences.length)) nameError(control, sentences);
  }
}

// What is written into the page does not push away the line in which somebody is writing.
function steadily(change) {
  const anchor = document.activeElement;
  const before = anchor.getBoundingClientRect().top;
  change();
  if (anchor === document.body || !anchor.isConnected) return;
  const move = (top) => window.scrollBy({ top, behavior: "instant" }); // at once: a page that glides would show the jump first
  move(anchor.getBoundingClientRect().top - before);
  const foot = form.querySelector(".section-foot").getBoundingClientRect().top;
  const hidden = Math.min(anchor.getBoundingClientRect().bottom, anchor.getBoundingClientRect().top + SEEN) - foot;
  if (hidden > 0 && !anchor.closest(".section-foot")) move(hidden);
}

function fill(box, html) {
  if (box && box.dataset.html !== html) {
    box.dataset.html = html;
    box.innerHTML = html;
  }
}

// -- what the portal answers

// Somebody else changed what was not touched here: it is shown, unless somebody has begun to write there since.
function takeOver(answer, then) {
  const touched = new Set(entries().map(String).filter((entry) => !then.has(entry)).map((entry) => entry.split(",")[0]));
  for (const [code, html] of Object.entries(answer.entries)) {
    const entry = form.querySelector(`[data-entry="${code}"]`);
    const writing = [...touched].some((name) => name === code || name.startsWith(`${code}-`)) || entry.contains(document.activeElement);
    if (writing) {
      delete answer.base[code];
      continue;
    }
    entry.outerHTML = html;
    document.dispatchEvent(new CustomEvent("portal:redrawn", { detail: form.querySelector(`[data-entry="${code}"]`) }));
  }
}

function show(answer, then) {
  takeOver(answer, new Set(JSON.parse(then).map(String)));
  showErrors();
  const gaps = place("gaps");
  const open = gaps.querySelector("details[open]");
  fill(gaps, answer.gaps);
  if (open && gaps.firstElementChild) gaps.firstElementChild.open = true;
  for (const [code, html] of Object.entries(answer.remarks || {})) fill(form.querySelector(`[data-entry="${code}"] [data-remarks]`), html);
  for (const mark of form.querySelectorAll("[data-taken-over]")) {
    if (!answer.unchecked.includes(mark.closest("[data-entry]").dataset.entry)) mark.remove();
  }
  fill(place("conflict"), answer.conflict || "");
  alarm("");
  say(answer.sentence);
  const line = place("saved");
  if (line) line.hidden = true;
}

function apply(answer, then) {
  const still = written() === then;
  errors = answer.errors;
  const names = Object.keys(answer.remarks || {}).sort().join();
  if (names !== disputed.entries) disputed = { entries: names, since: Date.now() };
  steadily(() => show(answer, then));
  hidden("_revision").value = answer.revision;
  hidden("_base").value = JSON.stringify({ ...JSON.parse(hidden("_base").value || "{}"), ...answer.base });
  const complete = answer.state === "saved" && !Object.keys(errors).length;
  if (still) answered = written();
  if (still && complete) saved = answered;
  return complete;
}

async function ask(body) {
  const stop = new AbortController();
  const limit = window.setTimeout(() => stop.abort(), SEND_LIMIT);
  try {
    const keepalive = written().length < OUTLIVES; // the browser finishes it even when the page is left
    body.set("csrfmiddlewaretoken", window.csrfToken()); // of now: that of the page is an old one after a new sign-in
    const headers = { "X-Autosave": form.dataset.draft };
    const answer = await fetch(location.pathname, { method: "POST", body, headers, keepalive, signal: stop.signal });
    document.dispatchEvent(new CustomEvent("portal:answered", { detail: answer.status }));
    return answer;
  } finally {
    window.clearTimeout(limit);
  }
}

// Whether the portal has it all; null where it could not be asked.
async function send() {
  const then = (sent = written());
  hidden("_turn").value = turn += 1;
  const copied = copy();
  let answer;
  try {
    answer = await ask(new FormData(form));
  } catch {
    await copied;
    alarm(form.dataset.kept ? "offline" : "offline-uncopied");
    return null;
  }
  const told = (answer.headers.get("Content-Type") || "").includes("json") ? await answer.json() : { state: "failed" };
  if (told.base) return apply(told, then);
  if (told.state === "refused") answered = then;
  alarm({ signed_out: "signed-out" }[told.state] || told.state, told.sentence);
  return told.state === "refused" ? false : null;
}

// One sending at a time: a later one begins with what the answer to the earlier one says. Only a page that is being left cannot wait.
async function save() {
  window.clearTimeout(saveTimer);
  while (sending && !leaving) await sending;
  if (written() === answered) return saved === answered;
  if (sending && written() === sent) return sending;
  sending = send();
  const complete = await sending;
  sending = null;
  copy();
  if (written() !== answered && !leaving) saveTimer = window.setTimeout(save, complete === null ? TRY_AGAIN_AFTER : SAVE_AFTER);
  return complete;
}

// -- what the person does

form.addEventListener("input", () => {
  form.dataset.kept = "";
  window.clearTimeout(copyTimer);
  window.clearTimeout(saveTimer);
  copyTimer = window.setTimeout(copy, COPY_AFTER);
  saveTimer = window.setTimeout(save, SAVE_AFTER);
});
form.addEventListener("change", () => save());
form.addEventListener("focusout", () => window.setTimeout(showErrors));
window.addEventListener("online", () => save());
window.addEventListener("focus", () => save()); // back from the window of the sign-in
document.addEventListener("visibilitychange", () => {
  copy();
  save();
});
window.addEventListener("pagehide", () => {
  leaving = true;
  copy();
  save();
});
window.addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload(); // what the browser kept is older than what was saved since
});

// A button of the form: what was typed arrives first, then the form is sent as without scripts, and its page is the answer. Without a
// connection, or signed out, the page stays: the answer would be no page of ours. It stays as well where somebody else turns out to have
// changed the same entry: “Save” keeps one's own text, and that is to be a decision.
form.addEventListener("submit", async (event) => {
  if (event.defaultPrevented) return;
  event.preventDefault();
  if (form.dataset.sent) return;
  form.dataset.sent = "yes";
  const button = event.submitter;
  const pressed = Date.now();
  const redraws = button && ["add", "remove", "take"].includes(button.name);
  const patience = new Promise((go) => window.setTimeout(go, PATIENCE));
  const complete = await Promise.race([redraws ? sending : save(), patience]);
  delete form.dataset.sent;
  if (!navigator.onLine || (complete === null && !redraws)) return void place("state").scrollIntoView({ block: "nearest" });
  if (!redraws && disputed.entries && disputed.since > pressed - NOTICED) return void place("conflict").querySelector("a").focus();
  if (button && button.name) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: button.name, value: button.value }));
  window.clearTimeout(saveTimer);
  leaving = true;
  answered = written();
  form.dataset.kept = form.dataset.sent = "yes";
  hidden("_turn").value = turn += 1;
  hidden("csrfmiddlewaretoken").value = window.csrfToken() || hidden("csrfmiddlewaretoken").value;
  form.submit();
});

// -- what an earlier page left behind

async function left() {
  const found = [];
  for (const name of Object.keys(shelf() || {})) {
    if (!name.startsWith(prefix) || name === own) continue;
    try {
      found.push({ name, ...JSON.parse(await opened(shelf().getItem(name).replace(/^\d+ /, ""))) });
    } catch {
      shelf().removeItem(name); // of an older key
    }
  }
  return found.sort((one, other) => other.at - one.at)[0];
}

function forget(found) {
  shelf().removeItem(found.name);
  place("copy").textContent = "";
  offer();
}

function use(found) {
  const other = document.createElement("form");
  other.method = "post";
  for (const [name, value] of [...found.entries, ["csrfmiddlewaretoken", window.csrfToken()], ["recover", "yes"]]) {
    other.append(Object.assign(document.createElement("textarea"), { name, value, hidden: true }));
  }
  document.body.append(other);
  form.dataset.kept = "yes";
  shelf().removeItem(found.name); // the page that comes has it, and copies it anew
  other.submit();
}

async function offer() {
  const found = await left();
  if (!found) return;
  const body = new FormData();
  found.entries.forEach(([name, value]) => body.append(name, value));
  body.append("compare", "yes");
  const answer = await ask(body);
  if (answer.status === 204) return forget(found);
  if (answer.status !== 200 || !(answer.headers.get("Content-Type") || "").includes("html")) return;
  const box = place("copy");
  box.innerHTML = await answer.text();
  const day = new Intl.DateTimeFormat(document.documentElement.lang === "en" ? "en-GB" : "zh-CN", { timeZone: "Asia/Shanghai", dateStyle: "long", timeStyle: "short" });
  box.querySelector("[data-copy-at]").textContent = day.format(found.at);
  const dialog = box.querySelector("dialog");
  box.querySelector("[data-copy-later]").addEventListener("click", () => dialog.close());
  box.querySelector("[data-copy-use]").addEventListener("click", () => use(found));
  box.querySelector("[data-copy-discard]").addEventListener("click", () => forget(found));
  dialog.showModal();
}

const arrived = performance.getEntriesByType("navigation")[0];
form.setAttribute("autocomplete", "off"); // else a reloaded page would mix what was typed with what has been saved since
if (arrived && arrived.type === "back_forward") {
  location.reload(); // the page kept by the browser is older than what it saved
} else if (unsaved) {
  copy();
  if (begun || !(form.querySelector(".is-invalid") || document.querySelector("[data-error-summary]"))) saveTimer = window.setTimeout(save, SAVE_AFTER);
} else {
  form.dataset.kept = "yes";
  offer().catch(() => undefined);
}
