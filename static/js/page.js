// The frame of every page: menus close like menus, a part of a page that htmx asks for never becomes the sign-in page, nobody is signed
// out without warning, and whoever signs out leaves no text behind.

function csrfToken() {
  const cookie = document.cookie.split("; ").find((each) => each.startsWith("csrftoken="));
  return cookie ? cookie.slice("csrftoken=".length) : "";
}

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// -- A list that is asked for anew says so until it is there; coming back by the browser's button ends it.

function markLists(busy) {
  for (const list of document.querySelectorAll(".records")) list.setAttribute("aria-busy", busy);
}

document.addEventListener("click", (event) => {
  const elsewhere = event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey;
  if (!elsewhere && event.target.closest(".pages a, .records thead a")) markLists(true);
});

document.addEventListener("submit", (event) => event.target.matches(".filter-bar") && markLists(true));
window.addEventListener("pageshow", (event) => event.persisted && markLists(false));

document.addEventListener("htmx:beforeSwap", (event) => {
  const answered = event.detail.xhr.responseURL;
  if (answered && new URL(answered).pathname !== event.detail.pathInfo.requestPath.split("?")[0]) {
    event.detail.shouldSwap = false;
    window.location.reload(); // redirected, as to the sign-in page when the session has ended
  }
});

// -- The session ends when nothing has been asked of the portal for a while. All windows of a person share it.

const session = document.querySelector("[data-session]");
const HEARD = "session:heard";

function heard(at = Date.now()) {
  session.dataset.heard = at;
  try {
    window.localStorage.setItem(HEARD, session.dataset.heard);
  } catch {
    // switched off: each window counts for itself
  }
}

function lastHeard() {
  try {
    return Math.max(Number(session.dataset.heard), Number(window.localStorage.getItem(HEARD)));
  } catch {
    return Number(session.dataset.heard);
  }
}

function watchSession() {
  const length = Number(session.dataset.session) * 1000;
  const remaining = length - (Date.now() - lastHeard());
  const state = remaining <= 0 ? "ended" : remaining <= Math.min(300000, length / 2) ? "ending" : "";
  if (state === "ending") session.querySelector("[data-session-minutes]").textContent = Math.max(1, Math.round(remaining / 60000));
  if (session.dataset.state === state) return;
  session.dataset.state = state;
  session.hidden = !state;
  for (const part of session.querySelectorAll("[data-session-state]")) part.hidden = part.dataset.sessionState !== state;
}

async function staySignedIn() {
  try {
    const answer = await fetch(session.dataset.stay, { method: "POST", headers: { "X-CSRFToken": csrfToken() }, redirect: "manual" });
    if (answer.status === 204) heard();
    else heard(0);
  } catch {
    return; // no connection: the notice stays, the button can be pressed again
  }
  watchSession();
}

if (session) {
  heard();
  window.setInterval(watchSession, 1000);
  session.querySelector("button").addEventListener("click", staySignedIn);
  document.addEventListener("htmx:afterRequest", (event) => event.detail.successful && heard());
  document.addEventListener("portal:answered", (event) => event.detail < 400 && heard());
}

// -- Signing out wipes the texts that wait on this computer for their person; those of nobody any longer go after a month.

const WAITING = "draft:";
const A_MONTH = 30 * 24 * 3600 * 1000;

function waiting(whose) {
  try {
    return Object.keys(window.localStorage).filter((name) => name.startsWith(WAITING + whose));
  } catch {
    return [];
  }
}

for (const name of waiting("")) {
  if (Date.now() - parseInt(window.localStorage.getItem(name), 10) > A_MONTH) window.localStorage.removeItem(name);
}

document.addEventListener("submit", (event) => {
  const whose = event.target.dataset.wipes;
  if (!whose) return;
  const texts = waiting(`${whose}:`);
  if (texts.length && !window.confirm(event.target.dataset.wipesAsk)) event.preventDefault();
  else texts.forEach((name) => window.localStorage.removeItem(name));
});
