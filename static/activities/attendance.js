/* How is a whole branch recorded with few taps or keys, and when do hours matter? Without scripts the radios do it all. */
"use strict";

(() => {
  const form = document.getElementById("attendance");
  const everybody = document.getElementById("all-present");
  if (!form || !everybody) return;

  const KEYS = { 1: "present", 2: "excused", 3: "absent", 0: "" };
  const groups = [...form.querySelectorAll("[role=radiogroup]")];
  const chosen = (group) => group.querySelector("input:checked");
  const figure = (text) => Number(text.replace("，", ".").replace(",", "."));

  const showHours = (group) => {
    const row = group.closest("tr");
    const hours = row.querySelector(".attendance-hours");
    const why = row.querySelector(".attendance-why");
    const state = chosen(group)?.value;
    hours.readOnly = state === "excused" || state === "absent";
    hours.tabIndex = hours.readOnly ? -1 : 0;
    hours.classList.toggle("muted", hours.readOnly);
    const typed = hours.value.trim();
    const differs = !hours.readOnly && typed !== "" && figure(typed) !== figure(form.dataset.usual);
    why.hidden = !differs && why.querySelector("input").value === "";
  };

  const choose = (group, state) => {
    group.querySelector(`input[value="${state}"]`).checked = true;
    showHours(group);
  };

  const markTheOthersPresent = () => {
    const isExpected = (group) => !("beside" in group.closest("tr").dataset);
    groups.filter((group) => isExpected(group) && !chosen(group)?.value).forEach((group) => choose(group, "present"));
  };

  const focusOn = (group) => (chosen(group) ?? group.querySelector("input")).focus();

  form.addEventListener("keydown", (event) => {
    const group = event.target.closest("[role=radiogroup]");
    if (!group || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "a" || event.key === "A") {
      event.preventDefault();
      markTheOthersPresent();
    } else if (event.key in KEYS) {
      event.preventDefault();
      choose(group, KEYS[event.key]);
      focusOn(groups[groups.indexOf(group) + 1] ?? group);
    }
  });
  const shown = (event) => {
    const group = event.target.closest("tr")?.querySelector("[role=radiogroup]");
    if (group) showHours(group);
  };
  form.addEventListener("change", shown);
  form.addEventListener("input", shown);

  everybody.hidden = false;
  everybody.addEventListener("click", markTheOthersPresent);
  form.querySelector(".attendance-keys").hidden = false;
  groups.forEach(showHours);
})();
