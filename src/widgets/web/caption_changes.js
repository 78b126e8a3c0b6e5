// What a change of many captions would do: a row each, what goes struck out, what comes underlined. Nothing is changed before
// the button is pressed.

const SIGNS = { gone: ["del", "\u2212"], new: ["ins", "+"], same: ["span", ""] };
const SPOKEN = { gone: "removed: ", new: "added: ", same: "" };

class CaptionChanges {
  constructor(model, el) {
    this.model = model;
    this.root = make("section", "lkw-changes", el);
    this.root.setAttribute("aria-label", "Changes");
    this.list = make("div", "lkw-change-list", this.root);
    this.list.tabIndex = 0; // scrolls by the keys
    this.list.setAttribute("role", "group");
    this.list.setAttribute("aria-label", "Captions that change");
    this.list.setAttribute(SUPPRESS, "");
    this.left_out = make("div", "lkw-left-out", this.root);
    const row = make("div", "lkw-row", this.root);
    this.make = button_in(row, "jupyter-button lkw-make", "", () => model.send({ kind: "make", plan: model.get("plan") }));
    this.leave = button_in(row, "jupyter-button", "Leave them as they are", () => model.send({ kind: "leave" }));
    this.more = button_in(row, "jupyter-button", "", () => model.send({ kind: "more" }));
    this.stop = listen_to(model, {
      "change:rows change:total change:doing change:left_out change:left_out_total": () => this.draw(),
      "change:busy": () => this.mark(),
    });
    this.draw();
  }

  draw() {
    const [rows, total, left_out] = ["rows", "total", "left_out"].map((key) => this.model.get(key));
    this.root.classList.toggle("lkw-none", !total && !left_out.length);
    this.list.replaceChildren(...rows.map((row) => this.row(row)));
    this.list.classList.toggle("lkw-hidden", !total);
    const rest = this.model.get("left_out_total") - left_out.length;
    this.left_out.replaceChildren(...left_out.map((line) => make("div", "", undefined, line)));
    if (rest > 0) make("div", "", this.left_out, `and ${rest} more left out`);
    this.left_out.classList.toggle("lkw-hidden", !left_out.length);
    this.make.textContent = this.model.get("doing");
    for (const button of [this.make, this.leave]) button.classList.toggle("lkw-hidden", !total);
    this.more.textContent = `Show more: ${total - rows.length} left`;
    this.more.classList.toggle("lkw-hidden", rows.length >= total);
    this.mark();
  }

  row({ file, parts }) {
    const row = make("div", "lkw-change");
    make("div", "lkw-change-file", row, file);
    const text = make("div", "lkw-change-text", row);
    for (const [kind, words] of parts) {
      const [tag, sign] = SIGNS[kind];
      const part = make(tag, `lkw-part lkw-${kind}`, text);
      if (SPOKEN[kind]) make("span", "lkw-sr", part, SPOKEN[kind]);
      if (sign) make("span", "", part, `${sign} `).setAttribute("aria-hidden", "true");
      part.append(words);
    }
    return row;
  }

  mark() {
    for (const button of [this.make, this.leave]) button.disabled = this.model.get("busy");
  }
}

export default {
  initialize: hear,
  render({ model, el }) {
    const changes = new CaptionChanges(model, el);
    return () => changes.stop();
  },
};
