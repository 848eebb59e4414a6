/* How are the words of the monthly card, and a judge's marks, kept while they are typed? First on the phone, then in the portal; the page
   works without this file. A copy on the phone is removed as soon as the portal has it. */
"use strict";

(() => {
  const TYPING_MS = 700;
  const TAP_MS = 150;
  const RETRY_MS = [2000, 4000, 8000, 15000, 30000];
  const BUSY_MS = 10000;
  const AHEAD = 1000; /* steps by which a page outruns the one whose words it takes over, should that still be open */
  const KEPT_MS = 60 * 24 * 3600 * 1000;
  const FRAME_FIELDS = ["csrfmiddlewaretoken", "version", "page", "step"];

  /* One copy for each open page of a card ("card:<member>:<month>:<page>"): two tabs never overwrite each other. */
  const copies = {
    find(card) {
      try {
        const names = Object.keys(window.localStorage).filter((name) => name.startsWith("card:"));
        const found = names.map((name) => ({ ...copies.read(name), name }));
        found.filter((copy) => !(Date.now() - copy.at < KEPT_MS)).forEach((copy) => copies.remove(copy));
        return found.filter((copy) => copy.name.startsWith(`card:${card}:`) && copy.values).sort((one, other) => one.at - other.at);
      } catch { return []; } /* a full or locked store */
    },
    read(name) {
      try { return JSON.parse(window.localStorage.getItem(name)); } catch { return null; }
    },
    write(card, copy) {
      try { window.localStorage.setItem(`card:${card}:${copy.page}`, JSON.stringify({ ...copy, at: Date.now() })); } catch { /* as above */ }
    },
    /* Only the words that were seen: a page that is still open may have written newer ones. */
    remove(copy) {
      try {
        const now = copies.read(copy.name);
        if (!now || now.at === copy.at) window.localStorage.removeItem(copy.name);
      } catch { /* as above */ }
    },
  };

  const problem = document.querySelector("[data-focus]");
  if (problem) problem.focus();

  /* A closed card: words that never left this phone still go to the portal, as a draft. */
  const leftover = document.getElementById("leftover");
  if (leftover) {
    const copy = copies.find(leftover.dataset.key).pop();
    if (!copy) return;
    const body = new URLSearchParams({ ...copy.values, version: copy.version, page: copy.page, step: Number(copy.step) + 1 });
    body.set("csrfmiddlewaretoken", leftover.elements.csrfmiddlewaretoken.value);
    fetch(leftover.action, { method: "POST", body, redirect: "manual" }).then((answer) => {
      if (!answer.ok) return;
      copies.remove(copy);
      window.location.reload();
    }).catch(() => {});
    return;
  }

  const form = document.getElementById("card");
  if (!form) return;
  const text = form.dataset;
  const state = document.getElementById("save-state");
  const note = document.getElementById("note");
  const conflict = document.getElementById("conflict");
  const keepMine = document.getElementById("keep-mine");

  let timer = 0;
  let isSaving = false;
  let isDirty = false;
  let isBlocked = false; /* by a conflict or an ended session: typing goes on, saving waits for the person */
  let failures = 0;
  let isSubmitting = 0;
  let wasSubmitted = false;
  let isLeaving = false;
  let takenOver = null;

  const values = () => {
    const typed = {};
    new FormData(form).forEach((value, name) => {
      if (!FRAME_FIELDS.includes(name)) typed[name] = value;
    });
    return typed;
  };
  const same = (one, other) => {
    const names = new Set([...Object.keys(one), ...Object.keys(other)]);
    const plain = (value) => (value || "").trim().replace(/\s+/g, " ");
    return [...names].every((name) => plain(one[name]) === plain(other[name]));
  };
  const fill = (typed) => Object.entries(typed).forEach(([name, value]) => {
    const field = form.elements[name];
    if (!field) return;
    field.value = value;
    const fold = field.closest && field.closest("details");
    if (fold && value) fold.open = true;
  });
  const setVersion = (version) => document.querySelectorAll("input[name=version]").forEach((input) => { input.value = version; });
  const say = (words, kind) => {
    state.textContent = words;
    state.dataset.state = kind;
  };
  const tell = (words, withLogin) => {
    note.hidden = !words;
    note.firstElementChild.textContent = words;
    note.querySelector("a").hidden = !withLogin;
  };
  /* What this page has kept, and what it has taken over from a page before it. */
  const dropTakenOver = () => {
    if (takenOver) copies.remove(takenOver);
    takenOver = null;
  };
  const ownCopy = () => {
    const name = `card:${text.key}:${form.elements.page.value}`;
    const copy = copies.read(name);
    return copy && { ...copy, name };
  };
  const dropHere = () => {
    const own = ownCopy();
    if (own) copies.remove(own);
    dropTakenOver();
  };
  const keepHere = () => {
    const { version, page, step } = form.elements;
    copies.write(text.key, { version: version.value, page: page.value, step: step.value, values: values() });
    dropTakenOver();
  };

  /* Letters that are typed while something else takes the focus are nobody's. */
  const isWriting = () => form.contains(document.activeElement) && document.activeElement.matches("textarea, input[type=number]");

  const showConflict = (stored) => {
    const lines = document.getElementById("conflict-lines");
    lines.replaceChildren(...stored.lines.flatMap(([label, words]) => {
      const term = document.createElement("dt");
      const answer = document.createElement("dd");
      term.textContent = label;
      answer.textContent = words;
      return [term, answer];
    }));
    document.getElementById("conflict-time").textContent = stored.saved;
    keepMine.hidden = false;
    keepMine.onclick = () => {
      setVersion(stored.version);
      takenOver = ownCopy() || takenOver; /* under another name from here on: whatever saves under the old one is a stranger */
      form.elements.page.value = Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, "0")).join("");
      keepHere();
      conflict.hidden = true;
      isBlocked = false;
      tell("");
      save();
    };
    isBlocked = true;
    if (stored.told) tell(stored.told);
    say(text.refused, "failed");
    conflict.hidden = false;
    if (!isWriting()) conflict.focus();
  };

  const saved = (answer, sent) => {
    failures = 0;
    setVersion(answer.version);
    if (isLeaving) return; /* the next page may have been made before these words arrived: it takes them over */
    const isNewest = same(sent, values());
    if (isNewest && !answer.problem) dropHere();
    else keepHere();
    if (isNewest) isDirty = false;
    const changed = document.getElementById("changed");
    if (changed) changed.hidden = !(text.isSubmitted && answer.is_draft);
    tell(answer.problem || (answer.is_late ? text.late : ""));
    say(`${text.saved} ${answer.saved}`, "saved");
  };
  const stopped = (words, withLogin) => {
    isBlocked = true;
    say(text.refused, "failed");
    tell(words, withLogin);
  };
  const tryAgain = () => {
    say(text.failed, "failed");
    schedule(RETRY_MS[Math.min(failures, RETRY_MS.length - 1)]);
    failures += 1;
  };

  const save = async () => {
    window.clearTimeout(timer);
    if (isSaving || isBlocked || isSubmitting) return;
    isSaving = true;
    form.elements.step.value = Number(form.elements.step.value) + 1;
    const sent = values();
    if (state.dataset.state !== "failed") say(text.saving, "");
    try {
      const answer = await fetch(text.draftUrl, {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        redirect: "manual",
        keepalive: true,
        signal: AbortSignal.timeout ? AbortSignal.timeout(15000) : undefined,
      });
      if (answer.type === "opaqueredirect") stopped(text.expired, true);
      else if (answer.status === 403) stopped(text.reload);
      else if (answer.status === 409) showConflict(await answer.json());
      else if (answer.status === 422) stopped((await answer.json()).message);
      else if (answer.ok) saved(await answer.json(), sent);
      else tryAgain();
    } catch {
      tryAgain();
    }
    isSaving = false;
    if (isDirty && !isBlocked && failures === 0) schedule(TAP_MS);
  };
  const schedule = (wait) => {
    window.clearTimeout(timer);
    timer = window.setTimeout(save, wait);
  };

  form.addEventListener("input", (event) => {
    isDirty = true;
    keepHere();
    if (failures === 0) schedule(event.target.type === "radio" ? TAP_MS : TYPING_MS);
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.type === "number") event.preventDefault();
  });
  window.addEventListener("online", () => { if (isDirty) save(); });
  document.addEventListener("visibilitychange", () => { if (isDirty) save(); });

  /* One tap submits once; without a connection nothing leaves the page, so nothing is lost. */
  form.addEventListener("submit", (event) => {
    if (isSubmitting) {
      event.preventDefault();
      return;
    }
    if (navigator.onLine === false) {
      event.preventDefault();
      tell(text.offline);
      say(text.refused, "failed");
      return;
    }
    window.clearTimeout(timer);
    form.elements.step.value = Number(form.elements.step.value) + 1;
    if (isDirty) keepHere();
    wasSubmitted = true;
    document.getElementById("submit").setAttribute("aria-busy", "true");
    isSubmitting = window.setTimeout(release, BUSY_MS);
  });
  const release = () => {
    window.clearTimeout(isSubmitting);
    isSubmitting = 0;
    document.getElementById("submit").removeAttribute("aria-busy");
  };

  /* "Take the other" and "Discard" drop what is typed here, on this phone too. */
  document.getElementById("take-other").addEventListener("click", dropHere);
  document.getElementById("discard")?.addEventListener("submit", () => {
    window.clearTimeout(timer);
    isBlocked = true;
    dropHere();
  });

  window.addEventListener("beforeunload", () => { isLeaving = true; });

  /* A page that comes back from the browser's memory may be old: ask the portal again. */
  window.addEventListener("pageshow", (event) => {
    release();
    isLeaving = false;
    if (!event.persisted || navigator.onLine === false) return;
    if (isDirty && !wasSubmitted) save();
    else window.location.reload();
  });

  /* Words that a lost connection left on this phone. */
  const lines = () => [...form.querySelectorAll("section")].map((section) => {
    const chosen = section.querySelector("input:checked + span");
    const figure = section.querySelector("input[type=number]");
    const words = [chosen ? chosen.textContent : figure ? figure.value : "–", section.querySelector("textarea")?.value];
    return [section.querySelector("h2").textContent, words.filter(Boolean).join(" · ")];
  });
  const shown = values();
  const found = copies.find(text.key);
  const reached = found.filter((one) => same(one.values, shown));
  const copy = found.filter((one) => !same(one.values, shown)).pop();
  if (problem) { /* the answer to a submission that was refused: what is shown is typed, and nowhere else yet */
    takenOver = reached.pop();
    isDirty = true;
    keepHere();
    if (conflict.hidden) schedule(TAP_MS);
    return;
  }
  reached.forEach((one) => copies.remove(one));
  if (copy) {
    const stored = { version: form.elements.version.value, saved: state.textContent.replace(text.saved, "").trim(), lines: lines() };
    fill(copy.values);
    isDirty = true;
    takenOver = copy;
    if (copy.version === stored.version || copy.page === text.keptPage) { /* this page goes on where the one before was cut off: its last save may still arrive */
      form.elements.page.value = copy.page;
      form.elements.step.value = Number(copy.step) + AHEAD;
      tell(text.restored);
      schedule(TAP_MS);
    } else showConflict(stored);
  }
})();
