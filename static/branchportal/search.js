/* How does the search box of the header offer what it finds while somebody types? Without this file it is a form. */
"use strict";

(() => {
  const isLongEnough = (words) => words.length >= 2 || /\p{Lo}/u.test(words);
  const OFF = "search-key-off"; /* kept in this browser: the key / belongs to the reader */

  const box = document.getElementById("site-search");
  const pageBox = document.querySelector("[data-search]");
  const link = document.querySelector(".site-search-link");

  /* The key "/" goes to the search box, unless somebody types or has switched it off. */
  const isTyping = (target) => target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
  const isOff = () => {
    try {
      return window.localStorage.getItem(OFF) === "1";
    } catch {
      return false;
    }
  };
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || isOff()) return;
    const shown = [pageBox, box].find((one) => one && one.offsetParent);
    event.preventDefault();
    if (shown) shown.select();
    else if (link) window.location.assign(link.href);
  });
  const choice = document.querySelector("[data-search-key]");
  if (choice) {
    choice.closest("[hidden]").hidden = false;
    choice.checked = !isOff();
    choice.addEventListener("change", () => {
      try {
        window.localStorage.setItem(OFF, choice.checked ? "0" : "1");
      } catch { /* a browser that keeps nothing */ }
    });
  }
  if (pageBox && !pageBox.value) pageBox.focus();
  if (!box) return;

  /* A combobox: arrows choose, Enter opens the chosen one or sends the form, Escape closes. */
  const list = document.getElementById("site-suggestions");
  const said = document.getElementById("site-search-said");
  const options = () => [...list.querySelectorAll("[role=option]")];
  let chosen = -1;

  box.setAttribute("role", "combobox");
  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-controls", list.id);
  list.setAttribute("role", "listbox");

  const show = (isShown) => {
    list.hidden = !isShown;
    box.setAttribute("aria-expanded", String(isShown && options().length > 0));
    if (!isShown) choose(-1);
  };
  const choose = (index) => {
    const all = options();
    chosen = index;
    all.forEach((option, at) => option.setAttribute("aria-selected", String(at === index)));
    if (index < 0) {
      box.removeAttribute("aria-activedescendant");
      return;
    }
    box.setAttribute("aria-activedescendant", all[index].id);
    all[index].scrollIntoView({ block: "nearest" });
  };
  const close = () => {
    show(false);
    said.textContent = "";
  };

  box.addEventListener("htmx:beforeRequest", (event) => {
    if (isLongEnough(box.value.trim())) return;
    event.preventDefault();
    close();
  });
  box.addEventListener("htmx:afterRequest", (event) => {
    const isFound = event.detail.successful && document.activeElement === box && isLongEnough(box.value.trim());
    choose(-1);
    show(isFound);
    said.textContent = isFound ? list.querySelector("[data-said]").dataset.said : "";
  });
  box.addEventListener("keydown", (event) => {
    const all = options();
    if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && all.length) {
      event.preventDefault();
      show(true);
      const step = event.key === "ArrowDown" ? 1 : -1;
      choose(chosen < 0 && step < 0 ? all.length - 1 : (chosen + step + all.length) % all.length);
    } else if (event.key === "Enter" && !event.isComposing && chosen >= 0 && !list.hidden) {
      event.preventDefault();
      window.location.assign(all[chosen].href);
    }
  });
  box.form.addEventListener("focusout", (event) => {
    if (!box.form.contains(event.relatedTarget)) close();
  });
  show(false);
})();
