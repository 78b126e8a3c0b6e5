// One image of the gallery, large, in the place of the grid: Enter or a double click opens it. Left and right lead to the one
// before and the next, Space chooses, Delete moves it to the trash, Ctrl+Z takes the last change back, Escape closes.

class GalleryView {
  constructor(gallery) {
    this.gallery = gallery;
    this.root = make("div", "lkg-view lkg-hidden");
    this.root.tabIndex = -1;
    this.root.setAttribute("role", "group");
    this.root.setAttribute(SUPPRESS, "");
    const top = make("div", "lkg-row", this.root);
    this.before = button_in(top, "jupyter-button", "Previous", () => this.step(-1));
    this.after = button_in(top, "jupyter-button", "Next", () => this.step(1));
    this.name = make("div", "lkg-view-name", top);
    button_in(top, "jupyter-button", "Close", () => this.close());
    this.place = make("div", "lkg-view-place", this.root);
    this.image = make("img", "lkg-view-image", this.place);
    this.caption = make("div", "lkg-view-caption", this.root);
    this.root.addEventListener("keydown", (event) => this.key(event));
  }

  get is_open() {
    return !this.root.classList.contains("lkg-hidden");
  }

  open() {
    if (!this.gallery.items.length) return;
    this.root.classList.remove("lkg-hidden");
    this.gallery.grid.classList.add("lkg-hidden");
    this.draw();
    this.gallery.mark();
    this.root.focus({ preventScroll: true });
  }

  close() {
    this.root.classList.add("lkg-hidden");
    this.gallery.grid.classList.remove("lkg-hidden");
    this.gallery.grid.focus({ preventScroll: true });
    this.gallery.move_to(this.gallery.at, false);
    this.gallery.mark();
  }

  // The list has changed, or another one is shown.
  draw() {
    if (!this.is_open) return;
    const { items, at, thumbs } = this.gallery;
    const item = items[at];
    if (!item) return this.close();
    this.before.disabled = at === 0;
    this.after.disabled = at + 1 >= items.length;
    this.name.textContent = `${item.label} (${at + 1} of ${items.length})`;
    this.root.setAttribute("aria-label", item.label);
    this.caption.textContent = [item.caption || "no caption", ...(item.findings ?? [])].join("\n");
    if (this.shown === item.id) return;
    this.shown = item.id;
    this.image.alt = item.label;
    this.image.src = thumbs.urls.get(item.id) ?? ""; // until the large one is here
    this.gallery.model.send({ kind: "large", name: item.name });
  }

  take({ id }, buffers) {
    if (id !== this.shown) return;
    if (this.url) URL.revokeObjectURL(this.url);
    this.url = URL.createObjectURL(new Blob([buffers[0]], { type: "image/png" }));
    this.image.src = this.url;
  }

  step(way) {
    const { items, at } = this.gallery;
    if (at + way < 0 || at + way >= items.length) return;
    this.gallery.at = this.gallery.anchor = at + way;
    this.gallery.mark();
    this.draw();
    if (document.activeElement?.disabled || document.activeElement === document.body) this.root.focus({ preventScroll: true });
  }

  key(event) {
    const command = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.code === "KeyZ";
    if ((event.ctrlKey || event.metaKey || event.altKey) && !command) return;
    const on_button = event.target.tagName === "BUTTON";
    const does = {
      ArrowLeft: () => this.step(-1),
      ArrowRight: () => this.step(1),
      Escape: () => this.close(),
      Delete: () => this.gallery.delete_these([this.gallery.items[this.gallery.at].name]),
    };
    if (!on_button) does[" "] = () => this.gallery.toggle(this.gallery.at);
    const act = command ? () => this.gallery.take_back() : does[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }
}
