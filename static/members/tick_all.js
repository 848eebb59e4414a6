/* How is everybody without a valid slip ticked at once? The button appears only where scripts run. */
"use strict";

document.querySelectorAll("[data-tick-all]").forEach((button) => {
  const boxes = () => [...button.form.querySelectorAll(`input[name="${button.dataset.tickAll}"]:not([data-again])`)];
  button.hidden = false;
  button.addEventListener("click", () => {
    const tick = boxes().some((box) => !box.checked);
    boxes().forEach((box) => { box.checked = tick; });
  });
});
