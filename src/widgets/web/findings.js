// What is worth a look, each finding with its images, and under it what the trainer will see. The kernel holds the lists; this
// window asks for the thumbnails it does not have.

class Findings {
  constructor(model, el) {
    this.model = model;
    this.root = make("div", "lkf", el);
    this.rows = make("div", "lkf-rows", this.root);
    this.seen = make("section", "lkf-seen", this.root);
    this.thumbs = new ThumbPlaces(model);
    this.title = make("div", "lkf-title", this.seen, "What the trainer will see");
    this.title.setAttribute("role", "heading");
    this.title.setAttribute("aria-level", "3");
    this.grid = make("div", "lkf-grid", this.seen);
    this.more = button_in(this.seen, "jupyter-button lk-quiet", "", () => this.model.send({ kind: "more" }));
    this.report = make("div", "lkf-report", this.root);
    this.stop = listen_to(model, {
      "change:rows": () => this.draw(),
      "change:seen change:seen_total": () => this.draw_seen(),
      "change:busy": () => this.mark(),
      "msg:custom": (message, buffers) => this.take(message, buffers),
    });
    this.draw();
    this.draw_seen();
  }

  close() {
    this.stop();
    this.thumbs.thumbs.clear();
    if (this.url) URL.revokeObjectURL(this.url);
  }

  take(message, buffers) {
    this.thumbs.take(message, buffers);
    if (message.kind !== "report") return;
    if (this.url) URL.revokeObjectURL(this.url);
    this.url = URL.createObjectURL(new Blob([buffers[0]], { type: "text/html" }));
    const link = make("a", "", undefined, "Open the report");
    Object.assign(link, { href: this.url, target: "_blank", rel: "noopener" });
    link.setAttribute(SUPPRESS, "");
    this.report.replaceChildren(link, ` It is kept as ${message.name}.`);
    link.focus({ preventScroll: true });
    this.report.scrollIntoView({ block: "nearest" });
  }

  draw() {
    this.rows.replaceChildren(...this.model.get("rows").map((row) => this.row(row)));
    this.thumbs.begin();
    this.thumbs.ask();
    this.mark();
  }

  row(row) {
    const place = make("section", "lkf-row");
    place.dataset.kind = row.kind;
    const what = make("div", "lkf-what", place);
    const sign = make("span", "lk-icon", what, row.blocks ? "\u26a0" : "\u2794");
    sign.setAttribute("role", "img");
    sign.setAttribute("aria-label", row.blocks ? "must be fixed" : "worth a look");
    what.append(row.what);
    if (row.remedy) make("div", "lkf-remedy", place, row.remedy);
    if (row.images.length) {
      const strip = make("div", "lkf-strip", place);
      for (const image of row.images) this.tile(strip, image, image.reason);
      if (row.more) make("div", "lkf-rest", strip, `and ${row.more} more`);
    }
    if (row.count) {
      const actions = make("div", "lkf-actions", place);
      const show = button_in(actions, "jupyter-button", "Show", () => this.model.send({ kind: "show", finding: row.kind }));
      show.title = "In the gallery";
      show.setAttribute("aria-label", "Show in the gallery");
      const which = row.spare ? `${row.spare} spare` : row.count === 1 ? "it" : `all ${row.count}`;
      if (row.trash)
        button_in(actions, "jupyter-button", `Move ${which} to the trash`, () => this.model.send({ kind: "trash", finding: row.kind }));
    }
    return place;
  }

  tile(parent, { id, label }, words) {
    const tile = make("figure", "lkf-tile", parent);
    tile.title = words ? `${label}\n${words}` : label;
    const frame = this.thumbs.put(tile, "lkf-frame", { id, label });
    const under = make("figcaption", "", tile);
    make("div", "lkf-name", under, label);
    if (words) make("div", "lkf-reason", under, words);
    return { tile, frame, under };
  }

  draw_seen() {
    const seen = this.model.get("seen");
    const total = this.model.get("seen_total");
    this.seen.hidden = !seen.length;
    this.grid.replaceChildren(...seen.map((image) => this.seen_tile(image)));
    const rest = total - seen.length;
    this.more.hidden = rest <= 0;
    this.more.textContent = `Show more: ${rest} left`;
    this.thumbs.begin();
    this.thumbs.ask();
  }

  // As high and as wide as it is trained, within one square.
  seen_tile(image) {
    const place = document.createElement("div");
    const { tile, frame, under } = this.tile(place, image);
    const longer = Math.max(image.width, image.height);
    Object.assign(frame.style, { width: `${(100 * image.width) / longer}%`, aspectRatio: `${image.width} / ${image.height}` });
    const square = make("div", "lkf-square");
    frame.replaceWith(square);
    square.append(frame);
    under.replaceChildren();
    make("div", "lkf-size", under, image.cut ? `${image.size}, ${image.cut} % cut` : image.size);
    for (const caption of image.captions) make("div", "lkf-caption", under, caption || "no caption");
    if (image.more) make("div", "lkf-size", under, `and ${counted(image.more, "other caption")}`);
    tile.title = [image.label, ...image.captions].join("\n");
    return tile;
  }

  mark() {
    for (const button of this.rows.querySelectorAll("button")) button.disabled = this.model.get("busy");
  }
}

export default {
  initialize: hear,
  render({ model, el }) {
    const findings = new Findings(model, el);
    return () => findings.close();
  },
};
