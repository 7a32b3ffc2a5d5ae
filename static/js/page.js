// Menus close like menus, and a part of a page that htmx asks for never becomes the sign-in page.

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

document.addEventListener("htmx:beforeSwap", (event) => {
  const answered = event.detail.xhr.responseURL;
  if (answered && new URL(answered).pathname !== event.detail.pathInfo.requestPath.split("?")[0]) {
    event.detail.shouldSwap = false;
    window.location.reload(); // redirected, as to the sign-in page when the session has ended
  }
});
