(() => {
  const section = document.getElementById("chart");
  if (!section) return;
  const dashes = [[], [6, 3], [2, 3], [9, 3, 2, 3], [1, 2]];
  const colours = 8;
  const linesAtFirst = 6;
  const day = 86_400;
  const charts = JSON.parse(document.getElementById("chart-data").textContent).map(unfold);
  const plotBox = document.getElementById("plot");
  const lineBox = document.getElementById("lines");
  const at = document.getElementById("at");
  const spoken = document.getElementById("spoken");
  const logButton = document.getElementById("log");
  const rangeButtons = [...section.querySelectorAll("[data-days]")];

  const prices = new Intl.NumberFormat("en-US", { maximumFractionDigits: 8 });
  const dates = new Intl.DateTimeFormat("en-CA", {
    timeZone: "UTC",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  });
  const instants = new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", dateStyle: "medium", timeStyle: "short" });

  let chart = charts[0];
  let plot;
  let readouts = [];

  function unfold({ dataset, axis, lines }) {
    const times = [axis.start];
    for (const stride of axis.strides) times.push(times.at(-1) + stride * axis.step);
    const values = lines.map(({ offset, close }) => {
      const column = new Array(times.length).fill(null);
      for (const [index, price] of close.entries()) column[offset + index] = price;
      return column;
    });
    const names = lines.map(({ partition }) => partition);
    const shown = names.map((_, index) => names.length <= colours || index < linesAtFirst);
    const chart = { dataset, times, values, names, shown, range: null, isDaily: axis.step % day === 0 };
    return Object.assign(chart, { isLog: spread(chart) > 50 });
  }

  /** How many times higher the highest of the shown lines ends than the lowest. */
  function spread({ values, shown }) {
    const last = values.filter((_, index) => shown[index]).map((column) => column.findLast((price) => price > 0) ?? 1);
    return Math.max(...last) / Math.min(...last);
  }

  function colour(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  }

  function draw() {
    const { times, values, names, shown, isLog, range } = chart;
    plot?.destroy();
    const drawable = isLog ? values.map((column) => column.map((price) => (price > 0 ? price : null))) : values;
    const font = `12px ${getComputedStyle(document.body).fontFamily}`;
    const axis = { font, stroke: colour("faint"), ticks: { show: false }, grid: { stroke: colour("grid"), width: 1 } };
    plot = new uPlot(
      {
        width: plotBox.clientWidth,
        height: plotBox.clientHeight,
        padding: [12, 8, 0, 0],
        legend: { show: false },
        tzDate: (time) => uPlot.tzDate(new Date(time * 1000), "Etc/UTC"),
        scales: { y: isLog ? { distr: 3, range: (_, least, most) => logRange(least, most) } : {} },
        cursor: { drag: { x: true, y: false, dist: 4 }, points: { size: 7 }, y: false },
        axes: [
          { ...axis, size: 42, gap: 6 },
          { ...axis, size: labelWidth, gap: 8, values: (_, splits) => splits.map(label) },
        ],
        series: [
          {},
          ...names.map((name, index) => ({
            label: name,
            show: shown[index],
            stroke: colour(`line-${(index % colours) + 1}`),
            dash: dashes[Math.floor(index / colours) % dashes.length],
            width: 1.5,
            points: { show: false },
          })),
        ],
        hooks: { setCursor: [readOut], setScale: [remember] },
      },
      [times, ...drawable],
      plotBox,
    );
    if (range) plot.setScale("x", range);
    logButton.setAttribute("aria-pressed", String(isLog));
    plotBox.setAttribute("aria-label", `Closing prices of ${chart.dataset}`);
    readOut(plot);
  }

  function logRange(least, most) {
    return least > 0 ? uPlot.rangeLog(least, most, 10, false) : [0.1, 10];
  }

  function label(value) {
    return value === null ? "" : prices.format(Number(value.toPrecision(12)));
  }

  function labelWidth(self, labels, index) {
    if (!labels) return 40;
    self.ctx.font = self.axes[index].font[0];
    const widths = labels.map((text) => self.ctx.measureText(text).width / devicePixelRatio);
    return Math.ceil(Math.max(...widths, 24) + 14);
  }

  function remember(self, scale) {
    if (scale !== "x" || self !== plot) return;
    const { min, max } = self.scales.x;
    const isWhole = min <= chart.times[0] && max >= chart.times.at(-1);
    chart.range = isWhole ? null : { min, max };
    for (const button of rangeButtons) {
      const days = Number(button.dataset.days);
      const isShown = days ? !isWhole && Math.abs(max - min - days * day) < day : isWhole;
      button.setAttribute("aria-pressed", String(isShown));
    }
  }

  function readOut(self) {
    const index = self.cursor.idx;
    const last = chart.times.findLastIndex((time) => !chart.range || time <= chart.range.max);
    const shown = index ?? Math.max(0, last);
    at.textContent = (chart.isDaily ? dates : instants).format(chart.times[shown] * 1000);
    for (const [line, output] of readouts.entries()) {
      const price = chart.values[line][shown];
      output.textContent = price === null ? "–" : prices.format(price);
    }
  }

  function listLines() {
    readouts = [];
    const buttons = chart.names.map((name, index) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = `line-${(index % colours) + 1}`;
      const swatch = document.createElement("i");
      const label = document.createElement("span");
      const output = document.createElement("b");
      label.textContent = name;
      button.append(swatch, label, " ", output);
      readouts.push(output);
      button.setAttribute("aria-pressed", String(chart.shown[index]));
      button.addEventListener("click", () => {
        chart.shown[index] = !chart.shown[index];
        button.setAttribute("aria-pressed", String(chart.shown[index]));
        plot.setSeries(index + 1, { show: chart.shown[index] });
      });
      button.addEventListener("pointerenter", () => plot.setSeries(index + 1, { focus: true }));
      button.addEventListener("pointerleave", () => plot.setSeries(null, { focus: false }));
      return button;
    });
    lineBox.replaceChildren(...buttons);
  }

  function open(index) {
    chart = charts[index];
    for (const note of section.querySelectorAll("[data-limits]")) note.hidden = note.dataset.limits !== String(index);
    const length = chart.times.at(-1) - chart.times[0];
    for (const button of rangeButtons) button.hidden = Number(button.dataset.days) * day > length;
    listLines();
    draw();
  }

  function zoom(min, max) {
    const first = chart.times[0];
    const last = chart.times.at(-1);
    const isTooWide = max - min >= last - first;
    plot.setScale("x", isTooWide ? { min: first, max: last } : { min: Math.max(min, first), max: Math.min(max, last) });
  }

  function zoomBy(factor) {
    const { min, max } = plot.scales.x;
    const centre =
      plot.cursor.idx === null || plot.cursor.idx === undefined ? (min + max) / 2 : chart.times[plot.cursor.idx];
    zoom(centre - (centre - min) * factor, centre + (max - centre) * factor);
  }

  function moveCursor(by) {
    const { min, max } = plot.scales.x;
    const from = chart.times.findIndex((time) => time >= min);
    const to = chart.times.findLastIndex((time) => time <= max);
    const index = Math.min(to, Math.max(from, (plot.cursor.idx ?? (by > 0 ? from - 1 : to + 1)) + by));
    plot.setCursor({ left: plot.valToPos(chart.times[index], "x"), top: plot.over.clientHeight / 2 });
    const values = readouts.map((output, line) =>
      chart.shown[line] ? `${chart.names[line]} ${output.textContent}` : "",
    );
    spoken.textContent = [at.textContent, ...values.filter(Boolean)].join(", ");
  }

  const keys = {
    ArrowLeft: (event) => moveCursor(event.shiftKey ? -20 : -1),
    ArrowRight: (event) => moveCursor(event.shiftKey ? 20 : 1),
    "+": () => zoomBy(0.5),
    "=": () => zoomBy(0.5),
    "-": () => zoomBy(2),
    0: () => zoom(chart.times[0], chart.times.at(-1)),
    Escape: () => zoom(chart.times[0], chart.times.at(-1)),
  };

  plotBox.addEventListener("keydown", (event) => {
    const action = event.ctrlKey || event.metaKey || event.altKey ? undefined : keys[event.key];
    if (!action) return;
    event.preventDefault();
    action(event);
  });
  logButton.addEventListener("click", () => {
    chart.isLog = !chart.isLog;
    draw();
  });
  for (const button of rangeButtons)
    button.addEventListener("click", () => {
      const last = chart.times.at(-1);
      zoom(button.dataset.days ? last - Number(button.dataset.days) * day : chart.times[0], last);
    });
  for (const choice of section.querySelectorAll("[name=dataset]"))
    choice.addEventListener("change", () => open(Number(choice.value)));
  for (const query of ["(prefers-color-scheme: dark)", "print"]) matchMedia(query).addEventListener("change", draw);
  new ResizeObserver(() => plot?.setSize({ width: plotBox.clientWidth, height: plotBox.clientHeight })).observe(
    plotBox,
  );

  section.hidden = false;
  const checked = section.querySelector("[name=dataset]:checked");
  open(Number(checked?.value ?? 0));
})();
