/* Do the weights in this form make 100? Said while they are typed; the portal checks again when the form is sent. */
"use strict";

(() => {
  const line = document.querySelector("[data-weight-sum]");
  if (!line) return;
  const form = document.querySelector("form.scheme-sheet");
  const PLACES = 6; // decimals that are added exactly
  const units = (text) => {
    const [, whole, part = ""] = /^\s*(\d+)(?:\.(\d+))?\s*$/.exec(text.normalize("NFKC")) || [null, "0"];
    return BigInt(whole + part.slice(0, PLACES).padEnd(PLACES, "0"));
  };
  const shown = (sum) => {
    const digits = String(sum).padStart(PLACES + 1, "0");
    return `${digits.slice(0, -PLACES)}.${digits.slice(-PLACES)}`.replace(/\.?0+$/, "");
  };
  const tell = () => {
    let sum = 0n;
    let weighted = 0;
    for (const field of form.querySelectorAll("[data-weight]")) {
      const role = form.elements[field.name.replace(/weight$/, "role")];
      if (!role || role.value !== "weighted") continue;
      sum += units(field.value);
      weighted += 1;
    }
    line.dataset.state = sum === units("100") || !weighted ? "right" : "wrong";
    line.textContent = `${line.dataset.weightSum} ${shown(sum)} / 100`;
  };
  form.addEventListener("input", tell);
  form.addEventListener("change", tell);
})();
