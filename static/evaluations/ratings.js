/* How does the rating page save each row while it is typed, and move by keyboard? Without scripts its buttons do. */
"use strict";

(() => {
  const form = document.getElementById("ratings");
  if (!form) return;
  const state = document.getElementById("save-state");
  const RETRY_MS = 5000;
  const WAIT_MS = 400;
  const timers = new Map();
  const running = new Set();
  let failing = 0;

  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const fields = (row) => [...row.querySelectorAll("select, input[type=text]")]; // in the dimensions' order
  const version = (row) => row.querySelector("[name^=version-]");

  const say = (text, urgent) => {
    state.textContent = text;
    state.classList.toggle("urgent", Boolean(urgent));
  };

  const sayInRow = (row, text) => {
    const place = row.querySelector(".row-state");
    place.textContent = text;
    place.classList.add("urgent");
  };

  const later = (row, delay) => {
    window.clearTimeout(timers.get(row));
    timers.set(row, window.setTimeout(save, delay, row));
  };

  const body = (row) => {
    const data = new URLSearchParams();
    [...fields(row), version(row)].forEach((field) => data.set(field.name, field.value));
    return data;
  };

  const failed = (row) => {
    failing = 1;
    say(form.dataset.failed, true);
    later(row, RETRY_MS);
  };

  async function save(row) {
    timers.delete(row);
    if (running.has(row)) return later(row, WAIT_MS);
    running.add(row);
    const sent = body(row).toString();
    const typed = fields(row).map((field) => field.value).join(",");
    try {
      const response = await fetch(row.dataset.url, {
        method: "POST", body: sent, redirect: "manual", credentials: "same-origin",
        headers: { "X-CSRFToken": token, "Content-Type": "application/x-www-form-urlencoded" },
      });
      await answer(row, response, typed);
    } catch {
      failed(row);
    } finally {
      running.delete(row);
    }
    const current = body(row);
    const before = new URLSearchParams(sent);
    current.delete(version(row).name);
    before.delete(version(row).name);
    if (current.toString() !== before.toString()) later(row, WAIT_MS);
    return undefined;
  }

  async function answer(row, response, sent) {
    if (response.type === "opaqueredirect" || response.status === 403) return say(form.dataset.signedOut, true);
    if (response.status >= 500) return failed(row);
    const data = await response.json();
    if (!response.ok) return sayInRow(row, data.message);
    failing = 0;
    version(row).value = data.version;
    row.querySelector("[name^=was-]").value = sent;
    const place = row.querySelector(".row-state");
    place.classList.remove("urgent");
    place.textContent = `${form.dataset.saved} ${data.saved}`;
    return say(`${form.dataset.saved} ${data.saved}`);
  }

  form.addEventListener("change", (event) => {
    const row = event.target.closest("tr[data-url]");
    if (row) later(row, WAIT_MS);
  });

  /* Keys: 1–5 choose a grade and go on; Enter and up/down stay in the column. */
  const move = (field, step) => {
    const row = field.closest("tr");
    const rows = [...form.querySelectorAll("tr[data-url]")];
    const next = rows[rows.indexOf(row) + step];
    if (next) fields(next)[fields(row).indexOf(field)].focus();
  };

  const onward = (field) => {
    const all = [...form.querySelectorAll("tr[data-url]")].flatMap(fields);
    const next = all[all.indexOf(field) + 1];
    if (next) next.focus();
  };

  form.addEventListener("keydown", (event) => {
    const field = event.target;
    if (!field.matches("select, input[type=text]")) return;
    if (field.tagName === "SELECT" && /^[1-5]$/.test(event.key) && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      field.selectedIndex = Number(event.key);
      field.dispatchEvent(new Event("change", { bubbles: true }));
      onward(field);
    } else if (event.key === "Enter" || event.key === "ArrowDown") {
      event.preventDefault();
      move(field, 1);
    } else if (event.key === "ArrowUp") {
      event.preventDefault();
      move(field, -1);
    }
  });

  /* Nothing typed is lost by a quick way out. */
  window.addEventListener("pagehide", () => {
    timers.forEach((timer, row) => {
      const data = body(row);
      data.set("csrfmiddlewaretoken", token);
      navigator.sendBeacon(row.dataset.url, data);
    });
  });
  window.addEventListener("beforeunload", (event) => {
    if (failing) event.preventDefault();
  });
  form.addEventListener("submit", () => {
    failing = 0;
    timers.forEach((timer) => window.clearTimeout(timer));
    timers.clear();
  });
})();
