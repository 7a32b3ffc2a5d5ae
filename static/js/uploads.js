// Large files in parts: several at once, with progress, pause and going on after a lost connection or a closed window.
// <form data-uploads="address" data-part="bytes" data-done="address" data-words='{…}' data-instead-of="number"> holds the file field, and
// where a file needs words of its own the fields caption and proves, which are copied for each file. Without this script it is a form.

function uploading(form) {
  const words = JSON.parse(form.dataset.words);
  const partSize = Number(form.dataset.part);
  const field = form.querySelector("input[type=file]");
  const list = form.querySelector("[data-upload-list]");
  const single = Boolean(form.dataset.insteadOf);
  const described = ["caption", "proves"].map((name) => form.querySelector(`#div_id_${name}`)).filter(Boolean);
  const items = [];
  let number = 0;

  function token() {
    const cookie = document.cookie.split("; ").find((each) => each.startsWith("csrftoken="));
    return cookie ? cookie.split("=")[1] : form.querySelector("[name=csrfmiddlewaretoken]").value;
  }

  // The answer of the server as JSON; throws for a lost connection, "signed_out" where the session has ended.
  async function ask(address, options = {}) {
    const headers = { "X-CSRFToken": token(), Accept: "application/json", ...options.headers };
    const response = await fetch(address, { ...options, headers });
    if (response.redirected || response.status === 403) throw new Error("signed_out");
    if (response.status >= 500) throw new Error("failed");
    const isJson = (response.headers.get("Content-Type") || "").startsWith("application/json");
    return { status: response.status, ...(isJson ? await response.json() : { sentence: words.failed }) };
  }

  // Only pages that came encrypted, or from this machine, may compute digests; elsewhere size and date have to tell files apart.
  async function headOf(file) {
    if (!window.crypto || !window.crypto.subtle) return "";
    const bytes = await file.slice(0, partSize).arrayBuffer();
    const digest = await window.crypto.subtle.digest("SHA-256", bytes);
    return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  function megabytes(bytes) {
    return (bytes / 2 ** 20).toFixed(1);
  }

  function sentence(item, key) {
    return words[key].replace("{sent}", megabytes(item.received)).replace("{size}", megabytes(item.file.size));
  }

  // States: begin, sending, paused, lost, whole, checking, added, refused.
  function show(item, state, text) {
    item.state = state;
    item.status.textContent = text || sentence(item, state === "whole" ? (single ? "arrived" : item.wanted ? "waiting" : "whole") : state);
    item.status.classList.toggle("upload-trouble", state === "refused" || state === "lost");
    item.bar.value = item.received;
    item.pause.hidden = !["sending", "paused", "lost"].includes(state);
    item.pause.firstChild.textContent = state === "sending" ? words.pause : words.resume;
    item.remove.hidden = ["checking", "added"].includes(state);
    if (state === "added" || state === "refused") item.fields.forEach((each) => each.remove());
    item.bar.hidden = state === "added" || state === "refused";
  }

  function button(text, name, act) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "btn btn-link btn-sm";
    made.append(document.createTextNode(text));
    const whose = document.createElement("span");
    whose.className = "visually-hidden";
    whose.textContent = ` ${name}`;
    made.append(whose);
    made.addEventListener("click", act);
    return made;
  }

  function copied(wrapper, suffix) {
    const copy = wrapper.cloneNode(true);
    copy.hidden = false;
    for (const each of [copy, ...copy.querySelectorAll("[id]")]) each.id += suffix;
    for (const each of copy.querySelectorAll("[for]")) each.htmlFor += suffix;
    for (const each of copy.querySelectorAll("[aria-describedby]")) each.setAttribute("aria-describedby", each.getAttribute("aria-describedby") + suffix);
    for (const each of copy.querySelectorAll(".is-invalid")) each.classList.remove("is-invalid");
    for (const each of copy.querySelectorAll(".invalid-feedback")) each.remove();
    return copy;
  }

  function entered(item, name) {
    return item.row.querySelector(`[name=${name}]`);
  }

  // What was typed survives a closed window, like the bytes.
  function keepWords(item) {
    if (item.code && !single) localStorage.setItem(`upload:${item.code}`, JSON.stringify([entered(item, "caption").value, entered(item, "proves").value]));
  }

  function recallWords(item) {
    const kept = JSON.parse(localStorage.getItem(`upload:${item.code}`) || "null");
    if (!kept || single || entered(item, "caption").value) return;
    [entered(item, "caption").value, entered(item, "proves").value] = kept;
  }

  function add(file) {
    number += 1;
    const row = document.createElement("li");
    row.className = "upload";
    const name = document.createElement("p");
    name.className = "file-item-name";
    name.id = `upload_${number}_name`;
    name.textContent = file.name;
    const bar = document.createElement("progress");
    bar.max = file.size || 1;
    bar.setAttribute("aria-labelledby", name.id);
    const status = document.createElement("p");
    status.className = "upload-status small";
    status.setAttribute("role", "status");
    const acts = document.createElement("p");
    const item = { file, row, bar, status, received: 0, code: "", claim: "", wanted: false, waited: 0, turn: 0 };
    item.fields = described.map((wrapper) => copied(wrapper, `_${number}`));
    item.pause = button(words.pause, file.name, () => (item.state === "sending" ? show(item, "paused") : run(item)));
    item.remove = button(words.remove, file.name, () => remove(item));
    acts.append(item.pause, item.remove);
    row.append(name, bar, status, ...item.fields, acts);
    row.addEventListener("change", () => keepWords(item));
    list.append(row);
    items.push(item);
    run(item);
  }

  async function remove(item) {
    items.splice(items.indexOf(item), 1);
    item.state = "removed";
    item.row.remove();
    localStorage.removeItem(`upload:${item.code}`);
    field.focus();
    leaveWhenDone();
    if (item.code) await ask(`${form.dataset.uploads}${item.code}/cancel/`, { method: "POST" }).catch(() => {});
  }

  async function begin(item) {
    show(item, "begin");
    const facts = new URLSearchParams({ name: item.file.name, size: item.file.size, head: await headOf(item.file), modified: item.file.lastModified });
    if (single) facts.set("instead_of", form.dataset.insteadOf);
    const answer = await ask(form.dataset.uploads, { method: "POST", body: facts });
    if (answer.status !== 200) return show(item, "refused", answer.sentence);
    Object.assign(item, { code: answer.code, claim: answer.claim, received: answer.received });
    document.querySelectorAll(`[data-unfinished] [data-upload="${item.code}"]`).forEach((each) => each.remove());
    document.querySelectorAll("[data-unfinished]").forEach((each) => (each.hidden = !each.querySelector("[data-upload]")));
    recallWords(item);
    return show(item, "sending");
  }

  async function send(item) {
    const address = `${form.dataset.uploads}${item.code}/?${new URLSearchParams({ offset: item.received, claim: item.claim })}`;
    const body = item.file.slice(item.received, item.received + partSize);
    const answer = await ask(address, { method: "POST", body, headers: { "Content-Type": "application/octet-stream" } });
    if (item.state !== "sending" && item.state !== "paused") return;
    if (answer.received !== undefined) item.received = answer.received;
    item.waited = 0;
    if (answer.reason === "elsewhere") show(item, "paused", answer.sentence);
    else if (answer.status === 404 || (answer.status !== 200 && answer.reason !== "out_of_step")) show(item, "refused", answer.sentence);
    else show(item, item.state);
  }

  // Starting again takes the claim back and tells how far the file has got, whatever happened meanwhile. A run that was paused ends.
  async function run(item) {
    const turn = (item.turn += 1);
    const goesOn = () => item.turn === turn && item.state === "sending";
    try {
      await begin(item);
      while (goesOn() && item.received < item.file.size) await send(item);
      if (goesOn()) await whole(item);
    } catch (fault) {
      if (item.turn === turn) interrupted(item, fault);
    }
  }

  function interrupted(item, fault) {
    if (["removed", "added", "refused"].includes(item.state)) return;
    if (fault.name === "NotReadableError" || fault.name === "NotFoundError") return show(item, "refused", words.failed);
    if (fault.message === "signed_out") return show(item, "paused", words.signed_out);
    show(item, "lost");
    item.waited = Math.min((item.waited || 500) * 2, 30000);
    window.setTimeout(() => item.state === "lost" && run(item), item.waited);
  }

  async function whole(item) {
    show(item, "whole");
    if (single || item.wanted) await finish(item);
  }

  async function finish(item) {
    const facts = new URLSearchParams(single ? {} : { caption: entered(item, "caption").value, proves: entered(item, "proves").value });
    show(item, "checking");
    const answer = await ask(`${form.dataset.uploads}${item.code}/finish/`, { method: "POST", body: facts });
    localStorage.removeItem(`upload:${item.code}`);
    show(item, answer.status === 200 ? "added" : "refused", answer.status === 200 ? "" : answer.sentence);
    leaveWhenDone();
  }

  function leaveWhenDone() {
    if (items.length && items.every((each) => each.state === "added")) window.location.assign(form.dataset.done);
  }

  // True where the words are there; else the sentence stands at the field.
  function hasWords(item) {
    const caption = entered(item, "caption");
    if (single || !caption || caption.value.trim()) return true;
    if (!caption.classList.contains("is-invalid")) {
      const sentence = document.createElement("p");
      sentence.className = "invalid-feedback";
      sentence.id = `${caption.id}_error`;
      sentence.textContent = words.caption;
      caption.after(sentence);
      caption.classList.add("is-invalid");
      caption.setAttribute("aria-invalid", "true");
      caption.setAttribute("aria-describedby", `${caption.getAttribute("aria-describedby") || ""} ${sentence.id}`.trim());
      caption.addEventListener("input", () => {
        sentence.remove();
        caption.classList.remove("is-invalid");
        caption.removeAttribute("aria-invalid");
      }, { once: true });
    }
    return false;
  }

  function submit(event) {
    if (!items.length) return; // the server says that a file is missing
    event.preventDefault();
    const open = items.filter((item) => !["added", "refused"].includes(item.state));
    const wanting = open.filter((item) => !hasWords(item));
    if (wanting.length) return entered(wanting[0], "caption").focus();
    for (const item of open) {
      item.wanted = true;
      if (item.state === "whole") finish(item).catch((fault) => interrupted(item, fault));
    }
  }

  field.multiple = !single;
  for (const wrapper of described) wrapper.hidden = true;
  const help = document.getElementById(`${field.id}_helptext`);
  if (help) help.textContent = words.help;
  field.addEventListener("change", () => {
    if (single) items.forEach(remove);
    [...field.files].forEach(add);
    field.value = "";
  });
  form.addEventListener("submit", submit);
  window.addEventListener("online", () => items.filter((item) => item.state === "lost").forEach(run));
  window.addEventListener("beforeunload", (event) => {
    if (items.every((item) => ["added", "refused"].includes(item.state))) return;
    event.preventDefault();
    event.returnValue = "";
  });
}

document.querySelectorAll("form[data-uploads]").forEach(uploading);
