"use strict";
// Everything here is a convenience: each page works without it.
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  const upload = (form) => {
    const input = form.querySelector('input[type="file"]');
    const zone = form.querySelector("[data-drop]");
    const list = form.querySelector("[data-chosen]");
    const bar = form.querySelector("[data-progress]");
    const wrong = form.querySelector("[data-wrong]");
    const show = () => {
      list.replaceChildren(...[...input.files].map((file) => {
        const item = document.createElement("li");
        item.textContent = `${file.name} (${(file.size / 1e6).toFixed(1)} MB)`;
        return item;
      }));
    };
    input.addEventListener("change", show);
    for (const [name, over] of [["dragover", true], ["dragleave", false], ["drop", false]]) {
      zone.addEventListener(name, (event) => {
        event.preventDefault();
        zone.classList.toggle("over", over);
        if (name !== "drop" || !event.dataTransfer.files.length) return;
        const kept = new DataTransfer();
        for (const file of [...input.files, ...event.dataTransfer.files]) kept.items.add(file);
        input.files = kept.files;
        show();
      });
    }
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const button = form.querySelector('button[type="submit"]');
      const request = new XMLHttpRequest();
      button.disabled = true;
      bar.hidden = false;
      wrong.hidden = true;
      request.upload.addEventListener("progress", (sent) => { bar.value = sent.lengthComputable ? 100 * sent.loaded / sent.total : 0; });
      const failed = (text) => {
        wrong.textContent = text;
        wrong.hidden = false;
        button.disabled = false;
        bar.hidden = true;
      };
      request.addEventListener("load", () => {
        if (request.status < 400) { location.assign(request.responseURL.replace(/#.*/, "")); return; }
        failed(request.responseXML?.querySelector("h1")?.textContent || "That did not work. Please try again.");
      });
      request.addEventListener("error", () => failed("The connection broke off. Please try again."));
      request.open("POST", form.action);
      request.responseType = "document";
      request.send(new FormData(form));
    });
  };

  const wait = (element) => {
    const text = element.querySelector("[data-text]");
    const ask = async () => {
      try {
        const found = await (await fetch(element.dataset.waiting)).json();
        if (found.done) { location.reload(); return; }
        if (text.textContent !== found.text) text.textContent = found.text;
      } catch { /* asked again */ }
      setTimeout(ask, 1000);
    };
    setTimeout(ask, 500);
  };

  const copied = (button) => {
    const before = button.textContent;
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = before; }, 2000);
  };

  const NS = "http://www.w3.org/2000/svg";
  const WIDTH = 800, HEIGHT = 420, LEFT = 64, RIGHT = 12, TOP = 12, BOTTOM = 40;

  const curve = (figure) => {
    const data = JSON.parse(figure.dataset.curve);
    const ends = (...lists) => { const values = lists.flat(); return [Math.min(...values), Math.max(...values)]; };
    const padded = ([low, high], share) => { const room = (high - low || Math.abs(high) || 1) * share; return [low - room, high + room]; };
    const whole = { x: padded(ends(data.steps, data.marks.flatMap((mark) => [mark.first, mark.last])), 0.02), y: padded(ends(data.loss), 0.06) };
    let view = { x: [...whole.x], y: [...whole.y] };
    const svg = document.createElementNS(NS, "svg");
    svg.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
    svg.setAttribute("role", "img");
    svg.setAttribute("tabindex", "0");
    svg.setAttribute("aria-label", `${figure.querySelector("img").alt} Arrow keys move, plus and minus zoom, 0 shows all.`);
    const element = (name, values, text) => {
      const made = document.createElementNS(NS, name);
      for (const [key, value] of Object.entries(values)) made.setAttribute(key, value);
      if (text !== undefined) made.textContent = text;
      return made;
    };
    const x = (step) => LEFT + (step - view.x[0]) / (view.x[1] - view.x[0]) * (WIDTH - LEFT - RIGHT);
    const y = (loss) => HEIGHT - BOTTOM - (loss - view.y[0]) / (view.y[1] - view.y[0]) * (HEIGHT - TOP - BOTTOM);
    const ticks = ([low, high]) => {
      const rough = (high - low) / 5, power = 10 ** Math.floor(Math.log10(rough));
      const step = [1, 2, 5, 10].map((each) => each * power).find((each) => each >= rough);
      const found = [];
      for (let at = Math.ceil(low / step) * step; at <= high; at += step) found.push(at);
      return found;
    };
    const said = (value) => Number(value.toPrecision(4)).toLocaleString("en");
    const draw = () => {
      const parts = [element("clipPath", { id: "inside" })];
      parts[0].append(element("rect", { x: LEFT, y: TOP, width: WIDTH - LEFT - RIGHT, height: HEIGHT - TOP - BOTTOM }));
      for (const at of ticks(view.x)) parts.push(element("line", { class: "grid", x1: x(at), x2: x(at), y1: TOP, y2: HEIGHT - BOTTOM }), element("text", { x: x(at), y: HEIGHT - BOTTOM + 18, "text-anchor": "middle" }, said(at)));
      for (const at of ticks(view.y)) parts.push(element("line", { class: "grid", x1: LEFT, x2: WIDTH - RIGHT, y1: y(at), y2: y(at) }), element("text", { x: LEFT - 6, y: y(at) + 4, "text-anchor": "end" }, said(at)));
      parts.push(element("text", { x: (LEFT + WIDTH) / 2, y: HEIGHT - 6, "text-anchor": "middle" }, data.unit));
      const inside = element("g", { "clip-path": "url(#inside)" });
      for (const mark of data.marks) {
        if (mark.first === mark.last) inside.append(element("line", { class: "at", x1: x(mark.first), x2: x(mark.first), y1: TOP, y2: HEIGHT - BOTTOM }));
        else inside.append(element("rect", { class: "span", x: x(mark.first), y: TOP, width: Math.max(1, x(mark.last) - x(mark.first)), height: HEIGHT - TOP - BOTTOM }));
      }
      data.steps.forEach((step, index) => {
        if (step < view.x[0] || step > view.x[1]) return;
        const point = element("circle", { class: "point", cx: x(step), cy: y(data.loss[index]), r: data.steps.length < 80 ? 4 : 2.4 });
        point.append(element("title", {}, `${data.unit} ${said(step)}: ${said(data.loss[index])}`));
        inside.append(point);
      });
      if (data.level.length) {
        const along = (values) => values.map((value, index) => `${x(data.level_steps[index])},${y(value)}`);
        inside.append(element("polygon", { class: "band", points: [...along(data.high), ...along(data.low).reverse()].join(" ") }), element("polyline", { class: "level", points: along(data.level).join(" ") }));
      }
      const told = new Set();
      for (const mark of data.marks) {
        if (told.has(mark.says)) continue;
        const near = (x(mark.first) + x(mark.last)) / 2 > WIDTH / 2;
        inside.append(element("text", { x: near ? x(mark.first) - 6 : x(mark.last) + 6, y: TOP + 18 + 18 * told.size, "text-anchor": near ? "end" : "start" }, mark.says));
        told.add(mark.says);
      }
      parts.push(inside);
      svg.replaceChildren(...parts);
    };
    const zoom = (factor, centre = (view.x[0] + view.x[1]) / 2) => {
      const least = (whole.x[1] - whole.x[0]) / 500;
      const width = Math.min(whole.x[1] - whole.x[0], Math.max(least, (view.x[1] - view.x[0]) * factor));
      const share = (centre - view.x[0]) / (view.x[1] - view.x[0]);
      move(centre - share * width, width);
    };
    const move = (first, width = view.x[1] - view.x[0]) => {
      const start = Math.min(Math.max(first, whole.x[0]), whole.x[1] - width);
      view.x = [start, start + width];
      const seen = data.loss.filter((_, index) => data.steps[index] >= view.x[0] && data.steps[index] <= view.x[1]);
      view.y = seen.length > 1 ? padded(ends(seen), 0.08) : [...whole.y];
      if (width >= whole.x[1] - whole.x[0]) view = { x: [...whole.x], y: [...whole.y] };
      draw();
    };
    const stepAt = (event) => {
      const box = svg.getBoundingClientRect();
      const place = (event.clientX - box.left) / box.width * WIDTH;
      return view.x[0] + (place - LEFT) / (WIDTH - LEFT - RIGHT) * (view.x[1] - view.x[0]);
    };
    svg.addEventListener("wheel", (event) => { event.preventDefault(); zoom(event.deltaY > 0 ? 1.25 : 0.8, stepAt(event)); }, { passive: false });
    let held = null;
    svg.addEventListener("pointerdown", (event) => { held = stepAt(event); svg.setPointerCapture(event.pointerId); });
    svg.addEventListener("pointermove", (event) => { if (held !== null) move(view.x[0] + held - stepAt(event)); });
    for (const name of ["pointerup", "pointercancel"]) svg.addEventListener(name, () => { held = null; });
    const keys = {
      "+": () => zoom(0.7), "=": () => zoom(0.7), "-": () => zoom(1.4), "0": () => zoom(1e9),
      ArrowLeft: () => move(view.x[0] - (view.x[1] - view.x[0]) / 8), ArrowRight: () => move(view.x[0] + (view.x[1] - view.x[0]) / 8),
    };
    svg.addEventListener("keydown", (event) => { if (keys[event.key]) { event.preventDefault(); keys[event.key](); } });
    const buttons = document.createElement("p");
    buttons.className = "row";
    for (const [label, act] of [["Zoom in", keys["+"]], ["Zoom out", keys["-"]], ["Show all", keys["0"]]]) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = label;
      button.addEventListener("click", act);
      buttons.append(button);
    }
    draw();
    figure.replaceChildren(svg, buttons);
  };

  all("form[data-upload]").forEach(upload);
  all("[data-waiting]").forEach(wait);
  all("[data-curve]").forEach(curve);
  all("form[data-sure]").forEach((form) => form.addEventListener("submit", (event) => { if (!confirm(form.dataset.sure)) event.preventDefault(); }));
  all("[data-copy]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.querySelector(button.dataset.copy).textContent);
      copied(button);
    });
  });
  all("[data-copy-link]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.querySelector("[data-link]").value);
      copied(button);
    });
  });
})();
