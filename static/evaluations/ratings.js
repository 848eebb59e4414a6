/* How does the rating page save each row while it is typed, and tell who is left? Without scripts its buttons do. */
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
  const fields = (row) => [...row.querySelectorAll("select, input[type=text]")]; // five dimensions, then the comment
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

  /* One short word of the same size as before: a row that grows would make the table jump while one types. */
  const sayHowItStands = (row) => {
    const place = row.querySelector(".row-state");
    const isComplete = fields(row).slice(0, -1).every((field) => field.value);
    const badge = document.createElement("span");
    badge.className = "badge badge-amber";
    badge.textContent = form.dataset[isComplete ? ("given" in row.dataset ? "again" : "complete") : "incomplete"];
    place.classList.remove("urgent");
    place.replaceChildren(badge);
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
    sayHowItStands(row);
    return say(`${form.dataset.saved} ${data.saved}`);
  }

  ["input", "change"].forEach((kind) => form.addEventListener(kind, (event) => {
    const row = event.target.closest("tr[data-url]");
    if (row) later(row, WAIT_MS);
  }));

  /* Who is left: rows that were never given and lack a grade. */
  const isLeft = (row) => !("given" in row.dataset) && fields(row).slice(0, -1).some((field) => !field.value);
  const countLeft = () => {
    const rows = [...form.querySelectorAll("tr[data-url]")];
    const left = rows.filter(isLeft);
    rows.forEach((row) => {
      form.querySelector(`.left-people a[href="#${row.id}"]`).parentElement.hidden = !left.includes(row);
    });
    document.getElementById("left-count").textContent = left.length;
    form.querySelector(".left-people").hidden = left.length === 0;
    document.getElementById("all-complete").hidden = left.length > 0;
  };
  form.addEventListener("change", countLeft);

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
