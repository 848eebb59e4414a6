/* Which small comforts does every page offer where scripts run? All pages work without this file. */
"use strict";

(() => {
  const BUSY_MS = 10000;

  /* A form is sent once; its button says "…" until the next page comes (or a download has begun). */
  const release = (form) => {
    delete form.dataset.busy;
    form.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.busy) {
      event.preventDefault();
      return;
    }
    form.dataset.busy = "1";
    if (event.submitter) event.submitter.setAttribute("aria-busy", "true");
    window.setTimeout(release, BUSY_MS, form);
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-busy]").forEach(release));

  /* Who logs out leaves nothing on the device: words of a monthly card that had not reached the portal go too. */
  document.addEventListener("submit", (event) => {
    if (!(event.target.getAttribute("action") || "").endsWith("/logout/")) return;
    try {
      Object.keys(window.localStorage).filter((name) => name.startsWith("card:")).forEach((name) => window.localStorage.removeItem(name));
    } catch { /* a locked store */ }
  });

  /* Menus close by Escape, by a click elsewhere, and when the focus leaves. */
  const closeMenus = (except) => {
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      if (!menu.contains(except)) menu.open = false;
    });
  };
  document.addEventListener("click", (event) => closeMenus(event.target));
  document.addEventListener("focusin", (event) => closeMenus(event.target));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.querySelector("details.menu[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });

  /* data-autosubmit: a filter applies when it is chosen; its button remains for the keyboard. */
  document.addEventListener("change", (event) => {
    const form = event.target.form;
    if (form && "autosubmit" in form.dataset && event.target.tagName === "SELECT") form.requestSubmit();
  });

  /* data-copy="#id": copy that element's text; data-print: print the page. Both start hidden, for want of a script. */
  document.querySelectorAll("[data-copy], [data-print]").forEach((button) => { button.hidden = false; });
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy], [data-print]");
    if (!button) return;
    if ("print" in button.dataset) {
      window.print();
      return;
    }
    const source = document.querySelector(button.dataset.copy);
    const text = "value" in source ? source.value : source.innerText;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      window.getSelection().selectAllChildren(source);
      document.execCommand("copy");
    }
    if (button.dataset.copied) button.textContent = button.dataset.copied;
  });

  /* What is wrong with a form is read first. */
  const problem = document.querySelector("[data-focus]");
  if (problem) problem.focus();

  /* Menus that are wider than a phone begin with the page shown. */
  document.querySelectorAll(".site-nav [aria-current], .office-links [aria-current]").forEach((link) => {
    link.scrollIntoView({ block: "nearest", inline: "center" });
  });

  /* htmx: say when the server cannot be reached, and take it back when it answers again. */
  const note = document.getElementById("connection-note");
  document.addEventListener("htmx:sendError", () => { note.hidden = false; });
  document.addEventListener("htmx:afterRequest", (event) => { if (event.detail.successful) note.hidden = true; });
})();
