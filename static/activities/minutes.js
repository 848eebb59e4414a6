/* How is one more item added to the minutes without saving first? Without scripts saving brings an empty one. */
"use strict";

(() => {
  const items = document.getElementById("items");
  const button = document.getElementById("add-item");
  if (!items || !button) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    const last = items.querySelector(".minutes-row:last-child");
    const added = last.cloneNode(true);
    added.querySelectorAll("input, textarea").forEach((field) => { field.value = ""; });
    const number = String(items.children.length + 1);
    added.querySelector(".minutes-number").textContent = number;
    added.querySelector("h2").id = `item-${number}`;
    added.setAttribute("aria-labelledby", `item-${number}`);
    items.append(added);
    added.querySelector("input").focus();
  });
})();
