// The chart of a run, as an anywidget part: loss raw, smoothed and of validation, learning rate, seconds a step, and the
// samples at their steps. Points come in binary messages; after a reload the window asks for all of them ("hello").
//
// What the kernel sends      {kind: "points", run, first, count}   buffer: count * 6 doubles, one row a point
//                            {kind: "image", run, sample}        buffer: the bytes of a PNG
// What this window sends     {kind: "hello"}                       wants all points
//                            {kind: "image", sample}             wants that image

const COLUMNS = ["step", "loss", "smoothed", "lr", "seconds", "validation"];
const USUAL_WIDTH = 800; // before the page is laid out; then a unit is a pixel, so that texts keep their size
const LEAST_WIDTH = 260;
const LEFT = 58;
const RIGHT = 22;
const PANES = [
  { name: "loss", top: 20, height: 170, lines: ["loss", "smoothed", "validation"] },
  { name: "learning rate", top: 226, height: 54, lines: ["lr"] },
  { name: "seconds a step", top: 316, height: 54, lines: ["seconds"] },
];
const HEIGHT = 398;
const MARKS = PANES[0].top + PANES[0].height - 12; // samples stand on the floor of the first pane

const say = (number) => {
  if (!Number.isFinite(number)) return "–";
  if (number === 0) return "0";
  const size = Math.abs(number);
  if (size >= 1000) return number.toFixed(0);
  if (size >= 1e-6) return String(Number(number.toPrecision(3)));
  return number.toExponential(1).replace("e-", "e−");
};

// ---- The numbers: rows that grow, and are cut where a resumed run goes back

class Points {
  constructor() {
    this.count = 0;
    this.columns = Object.fromEntries(COLUMNS.map((name) => [name, []]));
  }
  // False when rows before these are missing.
  take(first, rows) {
    if (first > this.count) return false;
    COLUMNS.forEach((name, at) => {
      const column = this.columns[name];
      column.length = first;
      for (let i = at; i < rows.length; i += COLUMNS.length) column.push(rows[i]);
    });
    this.count = this.columns.step.length;
    return true;
  }
  // The row at or after a step.
  row(step) {
    const steps = this.columns.step;
    let low = 0;
    let high = steps.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (steps[middle] < step) low = middle + 1;
      else high = middle;
    }
    return low;
  }
  nearest(step) {
    const at = this.row(step);
    const steps = this.columns.step;
    if (at >= steps.length) return steps.length - 1;
    return at > 0 && step - steps[at - 1] < steps[at] - step ? at - 1 : at;
  }
  last_step() {
    return this.count ? this.columns.step[this.count - 1] : 0;
  }
  // Least and most of each column of pixels: a spike is never lost, and a path never has more than two points a pixel.
  thinned(name, from, to, pixels) {
    const first = Math.max(0, this.row(from) - 1);
    const end = Math.min(this.count, this.row(to) + 2);
    const { step } = this.columns;
    const values = this.columns[name];
    const thin = [];
    const each = Math.max(1, (end - first) / pixels);
    for (let begin = first; begin < end; begin += each) {
      let least = -1;
      let most = -1;
      for (let i = Math.floor(begin); i < Math.min(end, Math.floor(begin + each)); ++i) {
        if (!Number.isFinite(values[i])) continue;
        if (least < 0 || values[i] < values[least]) least = i;
        if (most < 0 || values[i] > values[most]) most = i;
      }
      if (least < 0) continue;
      for (const i of least === most ? [least] : [Math.min(least, most), Math.max(least, most)])
        thin.push([step[i], values[i]]);
    }
    return thin;
  }
}

// ---- Drawing

const SVG = "http://www.w3.org/2000/svg";
const svg_node = (kind, attributes, parent, text) => {
  const node = document.createElementNS(SVG, kind);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  if (text !== undefined) node.textContent = text;
  parent.append(node);
  return node;
};
const node = (kind, css, parent, text) => {
  const made = document.createElement(kind);
  made.className = css;
  if (text !== undefined) made.textContent = text;
  parent.append(made);
  return made;
};

const range_of = (lists) => {
  let least = Infinity;
  let most = -Infinity;
  for (const list of lists)
    for (const [, value] of list) {
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
  if (least > most) return [0, 1];
  if (least === most) return [least === 0 ? 0 : least * 0.9, most === 0 ? 1 : most * 1.1];
  const room = (most - least) * 0.06;
  return [least < 0 ? least - room : Math.max(0, least - room), most + room];
};

const ticks = (from, to, wanted) => {
  const rough = Math.max((to - from) / wanted, 1e-12);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, [1, 2, 5, 10].map((m) => m * power).find((s) => s >= rough));
  const list = [];
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) list.push(at);
  return list;
};

class View {
  constructor(model, el) {
    this.model = model;
    this.points = new Points();
    this.images = new Map();
    this.window = null; // [from, to] when zoomed
    this.width = USUAL_WIDTH;
    this.build(el);
    this.listen();
    this.run = model.get("run");
    model.send({ kind: "hello" });
    this.draw();
  }

  build(el) {
    const figure = node("figure", "lkc", el);
    const head = node("div", "lkc-head", figure);
    this.title = node("span", "lkc-title", head);
    const legend = node("span", "lkc-legend", head);
    node("span", "lkc-key lkc-key-raw", legend, "each step");
    node("span", "lkc-key lkc-key-smooth", legend, "smoothed");
    this.validation_key = node("span", "lkc-key lkc-key-validation", legend, "validation");
    this.buttons = node("span", "lkc-buttons", head);
    this.button("−", "Zoom out", () => this.zoom(2));
    this.button("+", "Zoom in", () => this.zoom(0.5));
    this.button("All", "Show all steps", () => this.show_all());
    this.stage = node("div", "lkc-stage", figure);
    this.svg = svg_node("svg", { height: HEIGHT, tabindex: 0, role: "img" }, this.stage);
    this.marks = node("div", "lkc-marks", this.stage);
    this.marks.style.top = `${(MARKS / HEIGHT) * 100}%`;
    this.marks.setAttribute("role", "group");
    this.marks.setAttribute("aria-label", "Samples");
    this.read = node("div", "lkc-read", figure);
    this.image = node("div", "lkc-image", figure);
    this.image.hidden = true;
  }

  button(text, label, pressed) {
    const button = node("button", "lkc-button", this.buttons, text);
    button.type = "button";
    button.title = label;
    button.setAttribute("aria-label", label);
    button.addEventListener("click", pressed);
  }

  // ---- What comes from the kernel

  listen() {
    this.on_message = (message, buffers) => this.take(message, buffers);
    this.on_state = () => this.later();
    this.model.on("msg:custom", this.on_message);
    for (const name of ["run", "title", "samples"]) this.model.on(`change:${name}`, this.on_state);
    this.sizes = new ResizeObserver(() => this.take_width());
    this.sizes.observe(this.stage);
    const surface = this.svg;
    surface.addEventListener("pointermove", (event) => this.point_at(event));
    surface.addEventListener("pointerleave", () => this.point_at(null));
    surface.addEventListener("pointerdown", (event) => this.drag_from(event));
    surface.addEventListener("pointerup", (event) => this.drag_to(event));
    surface.addEventListener("dblclick", () => this.show_all());
    surface.addEventListener("keydown", (event) => this.key(event));
    // Only while the chart has the keyboard: the page scrolls over it otherwise.
    surface.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
  }

  close() {
    this.sizes.disconnect();
    this.model.off("msg:custom", this.on_message);
    for (const name of ["run", "title", "samples"]) this.model.off(`change:${name}`, this.on_state);
    for (const address of this.images.values()) URL.revokeObjectURL(address);
  }

  begin_run(run) {
    if (run === this.run) return;
    this.run = run;
    this.points = new Points();
    this.window = null;
    for (const address of this.images.values()) URL.revokeObjectURL(address);
    this.images.clear();
    this.image.hidden = true;
  }

  take(message, buffers) {
    if (message.kind === "points") {
      this.begin_run(message.run);
      const bytes = buffers[0];
      const copy = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
      if (!this.points.take(message.first, new Float64Array(copy))) this.model.send({ kind: "hello" });
      this.later();
    } else if (message.kind === "image" && message.run === this.run) {
      if (!this.images.has(message.sample))
        this.images.set(message.sample, URL.createObjectURL(new Blob([buffers[0]], { type: "image/png" })));
      if (this.wanted?.includes(message.sample)) this.show_image(message.sample);
    }
  }

  // Once a frame at most, however much arrives.
  later() {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      this.draw();
    });
  }

  get inner() {
    return this.width - LEFT - RIGHT;
  }
  take_width() {
    const width = Math.max(LEAST_WIDTH, Math.round(this.stage.clientWidth));
    if (this.stage.clientWidth === 0 || width === this.width) return;
    this.width = width;
    this.later();
  }

  // ---- Where we look

  view() {
    const last = Math.max(this.points.last_step(), 10);
    return this.window ?? [0, last];
  }
  x(step) {
    const [from, to] = this.view();
    return LEFT + ((step - from) / (to - from)) * this.inner;
  }
  step_at(event) {
    const box = this.svg.getBoundingClientRect();
    const [from, to] = this.view();
    const x = ((event.clientX - box.left) / box.width) * this.width;
    return from + ((Math.min(Math.max(x, LEFT), this.width - RIGHT) - LEFT) / this.inner) * (to - from);
  }
  look(from, to) {
    const last = Math.max(this.points.last_step(), 10);
    const width = Math.min(Math.max(to - from, 4), last);
    const begin = Math.min(Math.max(from, 0), last - width);
    this.window = width >= last ? null : [begin, begin + width];
    this.later();
  }
  zoom(factor, around) {
    const [from, to] = this.view();
    const centre = around ?? (from + to) / 2;
    this.look(centre - (centre - from) * factor, centre + (to - centre) * factor);
  }
  move(share) {
    const [from, to] = this.view();
    this.look(from + (to - from) * share, to + (to - from) * share);
  }
  show_all() {
    this.window = null;
    this.later();
  }

  wheel(event) {
    if (document.activeElement !== this.svg) return;
    event.preventDefault();
    this.zoom(event.deltaY > 0 ? 1.25 : 0.8, this.step_at(event));
  }
  key(event) {
    const moves = {
      "+": () => this.zoom(0.5),
      "=": () => this.zoom(0.5),
      "-": () => this.zoom(2),
      0: () => this.show_all(),
      ...(this.window && { Escape: () => this.show_all() }), // with all shown it leads out of the page
      Home: () => this.show_all(),
      ArrowLeft: () => this.move_or_read(-1, event),
      ArrowRight: () => this.move_or_read(1, event),
    };
    const move = moves[event.key];
    if (!move || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation(); // Jupyter has shortcuts of its own
    move();
  }
  // Arrows read point by point; with Shift they move the window.
  move_or_read(way, event) {
    if (event.shiftKey) {
      this.move(way * 0.25);
      return;
    }
    const [from, to] = this.view();
    const start = this.hover ?? (way > 0 ? from : to);
    this.hover = Math.min(Math.max(start + (way * (to - from)) / 50, from), to);
    this.draw_hover();
  }
  drag_from(event) {
    this.svg.focus({ preventScroll: true });
    this.drag = this.step_at(event);
  }
  drag_to(event) {
    const end = this.step_at(event);
    const begin = this.drag;
    this.drag = undefined;
    const [from, to] = this.view();
    if (begin !== undefined && Math.abs(end - begin) > (to - from) / 50)
      this.look(Math.min(begin, end), Math.max(begin, end));
    else this.draw_hover();
  }
  point_at(event) {
    this.hover = event ? this.step_at(event) : undefined;
    this.draw_hover();
  }

  // ---- What is drawn

  draw() {
    this.begin_run(this.model.get("run"));
    this.title.textContent = this.model.get("title");
    this.validation_key.hidden = !this.points.columns.validation.some(Number.isFinite);
    this.svg.replaceChildren();
    this.svg.setAttribute("viewBox", `0 0 ${this.width} ${HEIGHT}`);
    for (const pane of PANES) this.draw_pane(pane);
    const [from, to] = this.view();
    for (const step of ticks(from, to, this.width / 90))
      svg_node("text", { class: "lkc-tick", x: this.x(step), y: HEIGHT - 8, "text-anchor": "middle" }, this.svg, step);
    this.over = svg_node("g", {}, this.svg);
    this.svg.setAttribute("aria-label", this.alternative());
    this.draw_marks();
    this.draw_hover();
  }

  draw_pane(pane) {
    const [from, to] = this.view();
    const lists = pane.lines.map((name) => this.points.thinned(name, from, to, this.inner));
    const [least, most] = range_of(lists);
    const y = (value) => pane.top + pane.height - ((value - least) / (most - least)) * pane.height;
    pane.y = y;
    svg_node("rect", { class: "lkc-pane", x: LEFT, y: pane.top, width: this.inner, height: pane.height }, this.svg);
    svg_node("text", { class: "lkc-name", x: LEFT, y: pane.top - 6 }, this.svg, pane.name);
    if (this.points.count > 0)
      for (const value of [least, most])
        svg_node("text", { class: "lkc-tick", x: LEFT - 6, y: y(value) + (value === most ? 9 : 0), "text-anchor": "end" },
          this.svg, say(value));
    lists.forEach((list, at) => {
      const path = list.map(([step, value], i) => `${i ? "L" : "M"}${this.x(step).toFixed(1)} ${y(value).toFixed(1)}`);
      const clipped = path.join("");
      if (clipped) svg_node("path", { class: `lkc-line lkc-${pane.lines[at]}`, d: clipped }, this.svg);
      if (pane.lines[at] === "validation") // far apart, and the first has no line yet
        for (const [step, value] of list)
          svg_node("circle", { class: "lkc-validation-dot", cx: this.x(step), cy: y(value), r: 2.5 }, this.svg);
    });
  }

  draw_hover() {
    if (!this.over) return;
    this.over.replaceChildren();
    if (this.points.count === 0) {
      this.read.textContent = "Nothing measured yet.";
      return;
    }
    const row = this.points.nearest(this.hover ?? Infinity);
    const at = Object.fromEntries(COLUMNS.map((name) => [name, this.points.columns[name][row]]));
    if (this.drag !== undefined && this.hover !== undefined) {
      const [a, b] = [this.x(this.drag), this.x(this.hover)].sort((one, other) => one - other);
      svg_node("rect", { class: "lkc-chosen", x: a, y: PANES[0].top, width: b - a, height: HEIGHT - 36 }, this.over);
    }
    if (this.hover !== undefined) {
      const x = this.x(at.step);
      svg_node("line", { class: "lkc-cursor", x1: x, x2: x, y1: PANES[0].top, y2: HEIGHT - 26 }, this.over);
      svg_node("circle", { class: "lkc-dot", cx: x, cy: PANES[0].y(at.smoothed), r: 3.5 }, this.over);
    }
    this.read.textContent =
      `Step ${at.step} · loss ${say(at.loss)} · smoothed ${say(at.smoothed)}` +
      (Number.isFinite(at.validation) ? ` · validation ${say(at.validation)}` : "") +
      ` · learning rate ${say(at.lr)}` +
      ` · ${say(at.seconds)} s a step`;
  }

  alternative() {
    const { count, columns } = this.points;
    if (count === 0) return "Chart of the run. Nothing measured yet.";
    const { step, smoothed, lr, seconds } = columns;
    let least = 0;
    for (let i = 1; i < count; ++i) if (smoothed[i] < smoothed[least]) least = i;
    return (
      `Chart of the run up to step ${step[count - 1]}. Smoothed loss began at ${say(smoothed[0])}, is ` +
      `${say(smoothed[count - 1])} now, and was lowest, ${say(smoothed[least])}, at step ${step[least]}. ` +
      `Learning rate ${say(lr[count - 1])}. ${say(seconds[count - 1])} seconds a step. ` +
      "Arrow keys read points, plus and minus zoom, 0 shows all."
    );
  }

  // ---- Samples

  draw_marks() {
    const groups = new Map();
    this.model.get("samples").forEach((sample, index) => {
      groups.set(sample.step, [...(groups.get(sample.step) ?? []), index]);
    });
    const known = JSON.stringify([[...groups], this.view(), this.width]);
    if (known === this.marks_known) return; // a button that is made again loses the keyboard
    this.marks_known = known;
    this.marks.replaceChildren();
    const [from, to] = this.view();
    for (const [step, indices] of groups) {
      if (step < from || step > to) continue;
      const mark = node("button", "lkc-mark", this.marks, "◆");
      mark.type = "button";
      mark.style.left = `${(this.x(step) / this.width) * 100}%`;
      mark.setAttribute("aria-label", `Sample at step ${step}`);
      mark.title = `Sample at step ${step}`;
      for (const kind of ["pointerenter", "focus", "click"])
        mark.addEventListener(kind, () => this.want_image(indices));
    }
  }

  want_image(indices) {
    this.wanted = indices;
    this.image.replaceChildren();
    this.image.hidden = false;
    for (const index of indices) {
      if (!this.images.has(index)) this.model.send({ kind: "image", sample: index });
      this.show_image(index);
    }
  }

  show_image(index) {
    const sample = this.model.get("samples")[index];
    if (!sample) return;
    const id = `lkc-sample-${index}`;
    let box = [...this.image.children].find((child) => child.dataset.sample === id);
    if (!box) {
      box = node("figure", "lkc-sample", this.image);
      box.dataset.sample = id;
      const image = node("img", "", box);
      image.alt = `Step ${sample.step}: ${sample.prompt}`;
      node("figcaption", "", box, `Step ${sample.step} · ${sample.prompt}`);
    }
    const address = this.images.get(index);
    if (address) box.querySelector("img").src = address;
  }
}

export default {
  initialize: hear,
  render({ model, el }) {
    const view = new View(model, el);
    return () => view.close();
  },
};
