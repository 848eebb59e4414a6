/* Do the weights in this form make 100? Said while they are typed; the portal checks again when the form is sent. */
"use strict";

(() => {
  const line = document.querySelector("[data-weights]");
  if (!line) return;
  const form = line.closest("form");
  const fields = () => [...form.querySelectorAll("input[name^='weight_']")];
  const tell = () => {
    const sum = fields().reduce((total, field) => total + (Number.parseInt(field.value, 10) || 0), 0);
    line.hidden = false;
    line.dataset.state = sum === 100 ? "right" : "wrong";
    line.textContent = `${line.dataset.weights} ${sum} / 100`;
  };
  form.addEventListener("input", tell);
  tell();
})();
