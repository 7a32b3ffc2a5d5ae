// Forms: the summary of errors gets the focus, what is typed is counted, what is not saved is not lost by a stray click, and a form
// is sent once.

const forms = () => document.querySelectorAll("form[method=post]");

// Whether somebody wrote here before the scripts had come, as over a slow line: what stands here then is not what the portal has.
function begun(form) {
  const changed = (control) => {
    if (control.matches("select")) {
      const given = [...control.options].findIndex((option) => option.defaultSelected);
      return control.selectedIndex !== (given < 0 && !control.multiple ? 0 : given);
    }
    return control.matches("[type=checkbox], [type=radio]") ? control.checked !== control.defaultChecked : control.value !== control.defaultValue;
  };
  return [...form.elements].filter((control) => control.matches("input, select, textarea")).some(changed);
}

function focusErrorSummary() {
  const summaries = [...document.querySelectorAll("main [data-error-summary]")]; // on top of the form, or above it
  const summary = summaries.find((each) => !each.closest("form[method=get]"));
  if (summary) summary.focus();
}

// data-counter="{n} characters left" data-counter-over="{n} characters too many" beside maxlength or data-limit.
// The server counts characters, a line break as one, and nothing that is not seen (applications/content/reading.py); so do we. With
// data-limit the text may run over and says so. With data-counter-from it speaks only when that few are left.
const UNSEEN = /[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ufffe\uffff]/g;
const counted = (text) => [...text.replace(UNSEEN, "").normalize("NFC").trim()].length;

function countCharacters(field) {
  const limit = Number(field.dataset.limit || field.getAttribute("maxlength"));
  const counter = document.createElement("p");
  counter.className = "counter";
  counter.id = `${field.id}_counter`;
  counter.setAttribute("aria-live", "polite");
  field.setAttribute("aria-describedby", [field.getAttribute("aria-describedby"), counter.id].filter(Boolean).join(" "));
  const show = () => {
    const left = limit - counted(field.value);
    counter.hidden = field.dataset.counterFrom !== undefined && left > Number(field.dataset.counterFrom);
    counter.textContent = (left < 0 ? field.dataset.counterOver : field.dataset.counter).replace("{n}", Math.abs(left));
    counter.classList.toggle("counter-over", left < 0);
  };
  field.after(counter);
  field.addEventListener("input", show);
  show();
}

function entries(form) {
  return new URLSearchParams([...new FormData(form)].map(([name, value]) => [name, value.name === undefined ? value : `${value.name} ${value.size}`])).toString();
}

// data-warn-unsaved on a form: leaving with changed entries asks first. A form redrawn with errors, or with data-unsaved, counts as changed.
function warnUnsaved(form) {
  const unsaved = form.querySelector(".is-invalid") || form.hasAttribute("data-unsaved") || begun(form);
  const saved = unsaved ? null : entries(form);
  window.addEventListener("beforeunload", (event) => {
    if (form.dataset.sent || form.dataset.kept || entries(form) === saved) return;
    event.preventDefault();
    event.returnValue = "";
  });
}

function sendOnce(event) {
  const form = event.target;
  if (event.defaultPrevented || form.getAttribute("method") !== "post") return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
  const token = form.querySelector("[name=csrfmiddlewaretoken]");
  if (token) token.value = csrfToken() || token.value; // signed in again in another window: the one of this page is an old one
  window.setTimeout(() => delete form.dataset.sent, 8000); // the answer may be a file, and the page stays
}

focusErrorSummary();
if (location.hash) window.addEventListener("load", focusErrorSummary); // the browser went to that part of the page, and the focus was lost
document.querySelectorAll("[data-counter]").forEach(countCharacters);
document.addEventListener("portal:redrawn", (event) => event.detail.querySelectorAll("[data-counter]").forEach(countCharacters));
document.querySelectorAll("form[data-warn-unsaved]").forEach(warnUnsaved);
document.addEventListener("submit", sendOnce);
window.addEventListener("pageshow", () => forms().forEach((form) => delete form.dataset.sent)); // back again: it may be sent again
