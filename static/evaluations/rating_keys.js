/* How are thirty people rated by keyboard alone? The table is one stop; inside it the keys of the help line move. */
"use strict";

(() => {
  const form = document.getElementById("ratings");
  const help = document.getElementById("key-help");
  if (!form || !help) return;
  help.hidden = false;

  const rows = [...form.querySelectorAll("tr[data-url]")];
  const cells = (row) => [...row.querySelectorAll("td[data-label] :is(select, input)")];
  const comment = (row) => row.querySelector("[name^=comment-]");
  const all = rows.flatMap(cells);
  if (!all.length) return;
  const rowOf = (field) => field.closest("tr");
  const firstEmpty = () => all.find((field) => !field.value) || all[0];

  /* One stop: only the cell that was left last is reached by Tab. */
  let current = null;
  const stopAt = (field) => {
    if (current) current.tabIndex = -1;
    current = field;
    current.tabIndex = 0;
  };
  all.forEach((field) => { field.tabIndex = -1; });
  form.querySelectorAll("summary, [name^=comment-]").forEach((one) => {
    if (one.closest("tr")) one.tabIndex = -1;
  });
  stopAt(firstEmpty());

  const go = (field) => {
    if (!field) return;
    field.focus();
    if (field.select) field.select();
  };
  form.addEventListener("focusin", (event) => {
    if (all.includes(event.target)) stopAt(event.target);
  });

  const beside = (field, step) => cells(rowOf(field))[cells(rowOf(field)).indexOf(field) + step];
  const below = (field, step) => {
    const row = rows[rows.indexOf(rowOf(field)) + step];
    return row && cells(row)[cells(rowOf(field)).indexOf(field)];
  };
  const nextPerson = (field) => {
    const row = rows[rows.indexOf(rowOf(field)) + 1];
    if (row) go(cells(row)[0]);
    else form.querySelector("[name=give]").focus();
  };
  const onward = (field) => {
    const next = all[all.indexOf(field) + 1];
    if (next) go(next);
    else form.querySelector("[name=give]").focus();
  };
  const choose = (field, index) => {
    field.selectedIndex = index;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const openComment = (field) => {
    const input = comment(rowOf(field));
    input.closest("details").open = true;
    input.focus();
  };

  /* In a text field the left and right keys move inside the text first. */
  const isAtEdge = (field, step) => {
    if (field.tagName === "SELECT" || field.selectionEnd - field.selectionStart === field.value.length) return true;
    return step < 0 ? field.selectionEnd === 0 : field.selectionStart === field.value.length;
  };

  const MOVES = {
    ArrowDown: (field) => go(below(field, 1)),
    ArrowUp: (field) => go(below(field, -1)),
    ArrowLeft: (field) => go(beside(field, -1)),
    ArrowRight: (field) => go(beside(field, 1)),
    Home: (field) => go(cells(rowOf(field))[0]),
    End: (field) => go(cells(rowOf(field)).at(-1)),
    Enter: nextPerson,
    c: openComment,
    C: openComment,
  };

  const inCell = (event, field) => {
    const key = event.key;
    const isGrade = field.tagName === "SELECT";
    if (key === "ArrowLeft" && !isAtEdge(field, -1)) return;
    if (key === "ArrowRight" && !isAtEdge(field, 1)) return;
    if (Object.hasOwn(MOVES, key)) {
      event.preventDefault();
      MOVES[key](field);
    } else if (isGrade && /^[0-5]$/.test(key)) {
      event.preventDefault();
      choose(field, Number(key));
      if (key !== "0") onward(field);
    } else if (isGrade && (key === "Delete" || key === "Backspace")) {
      event.preventDefault();
      choose(field, 0);
    } else if (key.length === 1 && key !== " " && (isGrade || !/^\d$/.test(key))) {
      event.preventDefault(); // letters would jump to a grade, or stand in a number
    }
  };

  const inComment = (event, input) => {
    if (event.key === "Escape" || event.key === "ArrowUp" || event.key === "ArrowDown") {
      event.preventDefault();
      go(cells(rowOf(input))[0]);
    } else if (event.key === "Enter") {
      event.preventDefault();
      nextPerson(cells(rowOf(input))[0]);
    }
  };

  form.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (all.includes(event.target)) inCell(event, event.target);
    else if (event.target.name && event.target.name.startsWith("comment-")) inComment(event, event.target);
  });

  /* With nothing in focus, Enter begins where nothing is chosen yet. */
  document.addEventListener("keydown", (event) => {
    const isNowhere = event.target === document.body || event.target.matches("main");
    if (event.key !== "Enter" || !isNowhere || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    go(current && !current.value ? current : firstEmpty());
  });
})();
