// One image and the tags that a tagger finds on it, the likeliest first. The line across the bars is the threshold: it can be
// dragged, or moved by the arrow keys.

const SEND_MS = 120;
const FEW = 20;

class TagPreview {
  constructor(model, el) {
    this.model = model;
    this.root = make("section", "lkv", el);
    this.root.setAttribute("aria-label", "Preview");
    const top = make("div", "lkv-row", this.root);
    this.before = button_in(top, "jupyter-button", "Previous", () => model.send({ kind: "step", by: -1 }));
    this.after = button_in(top, "jupyter-button", "Next", () => model.send({ kind: "step", by: 1 }));
    this.name = make("div", "lkv-name", top);
    const body = make("div", "lkv-body", this.root);
    this.place = make("div", "lkv-image", body);
    this.image = make("img", "lkv-hidden", this.place);
    const side = make("div", "lkv-side", body);
    this.words = make("div", "lkv-words", side);
    this.bars = make("div", "lkv-bars", side);
    this.list = make("div", "lkv-list", this.bars);
    this.line = make("div", "lkv-line", this.bars);
    this.line.tabIndex = 0;
    for (const [name, value] of [["role", "slider"], ["aria-label", "Threshold"], ["aria-valuemin", "0"], ["aria-valuemax", "1"], [SUPPRESS, ""]])
      this.line.setAttribute(name, value);
    this.line.addEventListener("keydown", (event) => this.key(event));
    this.line.addEventListener("pointerdown", (event) => this.grab(event));
    this.more = button_in(side, "jupyter-button lk-quiet", "", () => {
      this.all = !this.all;
      this.draw();
    });
    this.caption = make("div", "lkv-caption", side);
    this.stop = listen_to(model, {
      "change:rows change:caption change:words": () => this.draw(),
      "change:name change:label change:place change:count": () => this.draw_name(),
      "change:threshold": () => this.draw_line(),
      "msg:custom": (message, buffers) => this.take(message, buffers),
    });
    this.draw_name();
    this.draw();
    if (model.get("name")) model.send({ kind: "step", by: 0 }); // this window has no image yet
  }

  close() {
    this.stop();
    clearTimeout(this.sending);
    if (this.url) URL.revokeObjectURL(this.url);
  }

  take(message, buffers) {
    if (message.kind !== "image") return;
    if (this.url) URL.revokeObjectURL(this.url);
    this.url = URL.createObjectURL(new Blob([buffers[0]], { type: "image/png" }));
    this.image.src = this.url;
    this.image_of = message.id; // may come before the name that it belongs to
    this.show_image();
  }

  show_image() {
    this.image.classList.toggle("lkv-hidden", this.image_of !== this.model.get("name"));
  }

  draw_name() {
    const [label, place, count] = ["label", "place", "count"].map((key) => this.model.get(key));
    this.root.classList.toggle("lkv-none", !count);
    this.name.textContent = count ? `${label} (${place + 1} of ${count})` : "";
    this.image.alt = label;
    this.show_image();
    this.before.disabled = place === 0;
    this.after.disabled = place + 1 >= count;
  }

  draw() {
    const [rows, caption, words] = ["rows", "caption", "words"].map((key) => this.model.get(key));
    this.words.textContent = words;
    this.bars.classList.toggle("lkv-hidden", !rows.length);
    const shown = this.all ? rows : rows.slice(0, FEW);
    this.list.replaceChildren(...shown.map(([tag, score, written]) => {
      const row = make("div", written ? "lkv-tag lkv-written" : "lkv-tag");
      make("span", "lkv-tag-name", row, tag);
      const track = make("span", "lkv-track", row);
      make("span", "lkv-bar", track).style.width = `${100 * score}%`;
      make("span", "lkv-score", row, score.toFixed(2));
      make("span", "lkv-sign", row, written ? "\u2713" : "").setAttribute("aria-hidden", "true");
      row.setAttribute("aria-label", `${tag}, ${score.toFixed(2)}${written ? ", written" : ""}`);
      row.setAttribute("role", "img");
      return row;
    }));
    this.more.textContent = this.all ? "Show fewer" : `Show ${rows.length - FEW} more`;
    this.more.classList.toggle("lkv-hidden", rows.length <= FEW);
    this.caption.replaceChildren();
    if (rows.length) {
      make("span", "lkv-quiet", this.caption, "Would be written: ");
      this.caption.append(caption || "nothing");
    }
    this.draw_line();
  }

  // Over the tracks alone, which all stand below each other.
  draw_line() {
    const threshold = this.dragged ?? this.model.get("threshold");
    this.line.style.setProperty("--at", Math.min(1, threshold));
    this.line.setAttribute("aria-valuenow", threshold.toFixed(2));
    this.line.dataset.value = threshold.toFixed(2);
    this.line.title = `Threshold ${threshold.toFixed(2)}`;
  }

  set(threshold) {
    this.dragged = Math.min(1, Math.max(0, Math.round(threshold * 100) / 100));
    this.draw_line();
    clearTimeout(this.sending);
    this.sending = setTimeout(() => {
      this.model.send({ kind: "threshold", value: this.dragged });
      this.model.set("threshold", this.dragged);
      if (!this.holding) this.dragged = undefined;
    }, SEND_MS);
  }

  grab(event) {
    const track = this.list.querySelector(".lkv-track");
    if (!track) return;
    event.preventDefault();
    this.line.focus({ preventScroll: true });
    this.line.setPointerCapture(event.pointerId);
    this.holding = true;
    const { left, width } = track.getBoundingClientRect();
    const move = (moved) => this.set((moved.clientX - left) / width);
    const end = () => {
      this.holding = false;
      this.line.removeEventListener("pointermove", move);
      this.set(this.dragged ?? this.model.get("threshold"));
    };
    this.line.addEventListener("pointermove", move);
    for (const name of ["pointerup", "pointercancel"]) this.line.addEventListener(name, end, { once: true });
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const now = this.dragged ?? this.model.get("threshold");
    const to = { ArrowLeft: now - 0.01, ArrowDown: now - 0.01, ArrowRight: now + 0.01, ArrowUp: now + 0.01, PageDown: now - 0.1,
      PageUp: now + 0.1, Home: 0, End: 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    this.set(to);
  }
}

export default {
  initialize: hear,
  render({ model, el }) {
    const preview = new TagPreview(model, el);
    return () => preview.close();
  },
};
