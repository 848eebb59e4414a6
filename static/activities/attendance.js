/* How is a whole branch marked present with one tap, and when do hours matter? Without scripts the radios do it all. */
"use strict";

(() => {
  const form = document.getElementById("attendance");
  const everybody = document.getElementById("all-present");
  if (!form || !everybody) return;

  const groups = () => [...form.querySelectorAll("[role=radiogroup]")];
  const chosen = (group) => group.querySelector("input:checked");

  const showHours = (group) => {
    const hours = group.closest("tr").querySelector(".attendance-hours");
    const state = chosen(group)?.value;
    hours.readOnly = state === "excused" || state === "absent";
    hours.tabIndex = hours.readOnly ? -1 : 0;
    hours.classList.toggle("muted", hours.readOnly);
  };

  everybody.hidden = false;
  everybody.addEventListener("click", () => {
    groups().filter((group) => !chosen(group)?.value).forEach((group) => {
      group.querySelector("input[value=present]").checked = true;
      showHours(group);
    });
  });
  form.addEventListener("change", (event) => {
    const group = event.target.closest("[role=radiogroup]");
    if (group) showHours(group);
  });
  groups().forEach(showHours);
})();
