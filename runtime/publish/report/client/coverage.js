(() => {
  const tip = document.getElementById("tip");
  if (!tip) return;

  function showTip(event) {
    const piece = event.target.closest("[data-tip]");
    tip.hidden = !piece;
    if (!piece) return;
    const name = document.createElement("b");
    name.textContent = piece.closest("tr").dataset.partition;
    tip.replaceChildren(name, ` ${piece.dataset.tip}`);
    const room = document.documentElement.clientWidth - tip.offsetWidth - 12;
    tip.style.left = `${Math.max(12, Math.min(event.clientX + 14, room))}px`;
    tip.style.top = `${event.clientY + 18}px`;
  }

  for (const lanes of document.querySelectorAll(".lanes")) {
    lanes.addEventListener("pointermove", showTip);
    lanes.addEventListener("pointerleave", () => {
      tip.hidden = true;
    });
  }
  document.addEventListener(
    "scroll",
    () => {
      tip.hidden = true;
    },
    { capture: true, passive: true },
  );

  for (const filter of document.querySelectorAll(".filter")) {
    const [name, flawed] = filter.querySelectorAll("input");
    const rows = [...filter.closest(".coverage").querySelectorAll("tbody tr")];
    const apply = () => {
      const wanted = name.value.trim().toLowerCase();
      for (const row of rows)
        row.hidden =
          !row.dataset.partition.toLowerCase().includes(wanted) || (flawed.checked && !("flawed" in row.dataset));
      const count = rows.filter((row) => !row.hidden).length;
      filter.querySelector("output").textContent = count < rows.length ? `${count} of ${rows.length}` : "";
    };
    filter.addEventListener("input", apply);
    apply();
  }

  addEventListener("beforeprint", () => {
    for (const details of document.querySelectorAll("details")) details.open = true;
  });
})();
