// What our parts with images share; it stands in front of their modules.

const SUPPRESS = "data-lm-suppress-shortcuts";
const KEPT_THUMBS = 600;

const make = (kind, css, parent, text) => {
  const made = document.createElement(kind);
  made.className = css;
  if (text !== undefined) made.textContent = text;
  parent?.append(made);
  return made;
};
let parts_made = 0; // so that ids differ
const counted = (count, one) => `${count} ${one}${count === 1 ? "" : "s"}`;
const button_in = (parent, css, text, pressed) => {
  const button = make("button", css, parent, text);
  button.type = "button";
  button.setAttribute(SUPPRESS, "");
  button.addEventListener("click", pressed);
  return button;
};
// Tells a model's news to these functions until the answer is called.
const listen_to = (model, handlers) => {
  for (const [name, handler] of Object.entries(handlers)) model.on(name, handler);
  return () => {
    for (const [name, handler] of Object.entries(handlers)) model.off(name, handler);
  };
};

// Thumbnails by id, as addresses; the oldest go first.
class Thumbs {
  constructor() {
    this.urls = new Map();
    this.broken = new Set();
  }
  has(id) {
    return this.urls.has(id) || this.broken.has(id);
  }
  take(ids, buffers) {
    ids.forEach((id, i) => {
      if (this.urls.has(id)) return;
      this.urls.set(id, URL.createObjectURL(new Blob([buffers[i]], { type: "image/jpeg" })));
    });
  }
  trim(kept) {
    for (const [id, url] of this.urls) {
      if (this.urls.size <= KEPT_THUMBS) return;
      if (kept.has(id)) continue;
      URL.revokeObjectURL(url);
      this.urls.delete(id);
    }
  }
  clear() {
    for (const url of this.urls.values()) URL.revokeObjectURL(url);
    this.urls.clear();
  }
}

// An image by its id, which comes later: its square is kept for it.
class ThumbPlaces {
  constructor(model) {
    this.model = model;
    this.thumbs = new Thumbs();
    this.places = [];
  }
  // In place of all that were there before.
  begin() {
    // A part is drawn before it stands in the page; its places then share what is around the newest one.
    const around = this.places.at(-1)?.place.getRootNode();
    this.places = this.places.filter(({ place }) => place.isConnected || place.getRootNode() === around);
  }
  put(parent, css, { id, label }) {
    const place = make("div", css, parent);
    const image = make("img", "lkt-image lkt-hidden", place);
    image.alt = label;
    image.draggable = false;
    this.places.push({ id, place, image });
    this.show(this.places.at(-1));
    return place;
  }
  show({ id, place, image }) {
    const url = this.thumbs.urls.get(id);
    if (url && image.src !== url) image.src = url;
    image.classList.toggle("lkt-hidden", !url);
    if (this.thumbs.broken.has(id) && !place.querySelector(".lkt-broken")) make("div", "lkt-broken", place, "cannot be read");
  }
  ask() {
    const wanted = [...new Set(this.places.map(({ id }) => id))];
    this.thumbs.trim(new Set(wanted));
    const missing = wanted.filter((id) => !this.thumbs.has(id));
    if (missing.length) this.model.send({ kind: "want", ids: missing });
  }
  take(message, buffers) {
    if (message.kind !== "thumbs") return;
    this.thumbs.take(message.ids, buffers);
    for (const id of message.broken) this.thumbs.broken.add(id);
    for (const one of this.places) this.show(one);
  }
}
