// Liti's only script of its own. Everything works without it; it adds comfort.
(function () {
  "use strict";
  const root = document.documentElement;
  const one = (selector, from) => (from || document).querySelector(selector);
  const all = (selector, from) => Array.from((from || document).querySelectorAll(selector));

  // Theme: the cookie is read by the server, so the next page comes in the same theme.
  function switchTheme(form) {
    const dark = root.dataset.theme === "dark" ||
      (!root.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches);
    const theme = dark ? "light" : "dark";
    root.dataset.theme = theme;
    one("input[name=theme]", form).value = theme;
    document.cookie = "liti_theme=" + theme + ";path=/;max-age=31536000;samesite=lax";
  }
  document.addEventListener("submit", function (event) {
    if (event.target.matches("form[data-theme-switch]")) {
      event.preventDefault();
      switchTheme(event.target);
    }
  });

  // Menus close on Escape and on a click elsewhere.
  document.addEventListener("click", function (event) {
    all("details.menu[open]").forEach(function (menu) {
      if (!menu.contains(event.target)) menu.removeAttribute("open");
    });
    const toggle = event.target.closest("[data-toggles]");
    const sidebar = one("#sidebar");
    if (toggle) {
      const open = one("#" + toggle.dataset.toggles).toggleAttribute("data-open");
      toggle.setAttribute("aria-expanded", String(open));
    } else if (sidebar && !sidebar.contains(event.target)) {
      sidebar.removeAttribute("data-open");
    }
    const results = one("#search-results");
    if (results && !event.target.closest(".search")) results.replaceChildren();
  });

  // ⌘K or Ctrl+K or / goes to the search; arrows walk through its hits.
  function walkHits(event) {
    const hits = all("#search-results a");
    if (!hits.length) return;
    const at = hits.indexOf(document.activeElement);
    const step = event.key === "ArrowDown" ? 1 : -1;
    event.preventDefault();
    if (at + step < 0) one("#search").focus();
    else hits[Math.min(at + step, hits.length - 1)].focus();
  }
  document.addEventListener("keydown", function (event) {
    const search = one("#search");
    const typing = event.target.matches("input, textarea, select");
    if (search && ((event.key === "k" && (event.metaKey || event.ctrlKey)) ||
        (event.key === "/" && !typing))) {
      event.preventDefault();
      search.focus();
      search.select();
    } else if (event.key === "Escape") {
      all("details.menu[open]").forEach((menu) => menu.removeAttribute("open"));
      const results = one("#search-results");
      if (results) results.replaceChildren();
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") &&
        event.target.closest(".search")) {
      walkHits(event);
    }
  });

  // A select that asks for it sends its form at once; a file or amount never does.
  document.addEventListener("change", function (event) {
    if (event.target.matches("[data-submits]")) event.target.form.requestSubmit();
  });

  // A form is sent once: a second click on its button does nothing.
  document.addEventListener("submit", function (event) {
    const form = event.target;
    if (!form.matches("form[data-once]")) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
    all("button[type=submit]", form).forEach((button) => button.setAttribute("aria-busy", "true"));
  });

  // Who comes back to a page finds its forms as they were before they were sent.
  window.addEventListener("pageshow", function (event) {
    if (!event.persisted) return;
    all("form[data-once]").forEach(function (form) {
      delete form.dataset.sent;
      all("button[type=submit]", form).forEach((button) => button.removeAttribute("aria-busy"));
    });
  });

  // An error of a live part is shown where the part stands.
  document.addEventListener("htmx:responseError", function (event) {
    const said = event.detail.xhr.getResponseHeader("Liti-Refusal");
    const text = said ? decodeURIComponent(said) : document.body.dataset.failed || "";
    const place = event.detail.target;
    if (!place || !text) return;
    const note = document.createElement("p");
    note.className = "state";
    note.setAttribute("role", "alert");
    note.textContent = text;
    place.replaceChildren(note);
  });
})();
