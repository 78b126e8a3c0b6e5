// What every page needs beside ipywidgets' own controls, as an anywidget part that shows nothing itself:
//   - JupyterLab's shortcuts do not fire while a control has the focus (`x` would cut the cell); Escape gives the focus back to
//     the cell, where they do
//   - each control names the lines that describe it and says when its value is refused
//   - the status line is read aloud politely: once when it says something new, and rarely while it only counts
//   - the hints of a field are there while it is worked on, and nothing moves under a pointer that is pressed
//   - a button that copies puts what its tooltip says on the clipboard
//   - the focus stays on the page when the control that has it is disabled or goes away
// It looks at the page whenever something on it changes; the kernel knows nothing of it.

const CONTROLS = "input, select, textarea, button, a[href], summary, [tabindex], [contenteditable]";
const SUPPRESS = "data-lm-suppress-shortcuts";
const AFTER_CHANGE_MS = 60;
const SAME_WORDS_MS = 30000; // "Step 12 of 600" after "Step 11 of 600"
const OTHER_WORDS_MS = 1500;

let made = 0;

const put = (node, name, value) => {
  if (node.getAttribute(name) !== value) node.setAttribute(name, value);
};
const words_of = (node) => (node?.textContent ?? "").replace(/\s+/g, " ").trim();

class Aid {
  constructor(model, el) {
    this.model = model;
    this.el = el;
    this.on_message = (message) => ({ come: () => this.come(), trouble: () => this.to_trouble() })[message.kind]?.();
    model.on("msg:custom", this.on_message);
    this.frame = requestAnimationFrame(() => this.find());
  }

  // The page is put together after its parts are made.
  find() {
    this.page = this.el.closest(".lk-page");
    if (!this.page) {
      this.frame = requestAnimationFrame(() => this.find());
      return;
    }
    this.spoken = document.createElement("div");
    this.spoken.className = "lk-spoken";
    for (const [name, value] of [["role", "status"], ["aria-live", "polite"], ["aria-atomic", "true"]])
      this.spoken.setAttribute(name, value);
    this.page.append(this.spoken);
    this.observer = new MutationObserver(() => {
      if (this.last?.disabled) this.lost = this.last; // it may be on again before the page is tended
      this.later();
    });
    this.observer.observe(this.page, {
      childList: true,
      subtree: true,
      characterData: true,
      attributes: true,
      attributeFilter: ["class", "disabled"],
    });
    this.page.addEventListener("pointerdown", () => (this.pointer_is_down = true), true);
    this.on_pointer_up = () => this.pointer_went_up();
    for (const name of ["pointerup", "pointercancel"]) document.addEventListener(name, this.on_pointer_up, true);
    this.page.addEventListener("focusin", (event) => this.focused(event.target));
    this.page.addEventListener("focusout", (event) => this.left(event.target));
    this.page.addEventListener("keydown", (event) => this.key(event));
    this.page.addEventListener("click", (event) => this.copy(event.target.closest?.(".lk-copy")), true);
    this.tend();
  }

  close() {
    this.model.off("msg:custom", this.on_message);
    cancelAnimationFrame(this.frame);
    clearTimeout(this.waiting);
    clearTimeout(this.speaking);
    this.observer?.disconnect();
    for (const name of ["pointerup", "pointercancel"]) document.removeEventListener(name, this.on_pointer_up, true);
    this.spoken?.remove();
  }

  later() {
    this.waiting ??= setTimeout(() => {
      this.waiting = undefined;
      this.tend();
    }, AFTER_CHANGE_MS);
  }

  tend() {
    for (const control of this.page.querySelectorAll(CONTROLS))
      if (!control.hasAttribute(SUPPRESS)) control.setAttribute(SUPPRESS, "");
    for (const field of this.page.querySelectorAll(".lk-field, .lk-group")) this.describe(field);
    for (const slider of this.page.querySelectorAll(".lk-slider")) this.name_slider(slider);
    for (const bar of this.page.querySelectorAll(".lk-bar")) this.tell_progress(bar);
    for (const fold of this.page.querySelectorAll(".lk-fold")) this.tell_fold(fold);
    for (const image of this.page.querySelectorAll(".lk-card img"))
      put(image, "alt", words_of(image.closest(".lk-card").querySelector(".lk-note")));
    this.speak(words_of(this.page.querySelector(".lk-status")));
    this.keep_focus();
  }

  // ---- Names and descriptions

  describe(field) {
    const note = field.querySelector(":scope > .lk-note .widget-html-content");
    if (!note) return;
    if (!note.id) note.id = `lk-note-${Date.now().toString(36)}-${++made}`;
    const own = ":scope > .lk-input, :scope > .lk-row > .lk-input, :scope > .lk-row > .lk-slider";
    const wrong = field.classList.contains("lk-has-trouble");
    for (const box of field.querySelectorAll(own))
      for (const control of box.querySelectorAll("input, select, textarea, [role=slider]")) {
        put(control, "aria-describedby", note.id);
        put(control, "aria-invalid", String(wrong));
      }
  }

  name_slider(slider) {
    const handle = slider.querySelector(".noUi-handle");
    if (!handle) return;
    const label = slider.parentElement.querySelector(":scope > .lk-input > .widget-label");
    put(handle, "aria-label", words_of(label) || words_of(slider.querySelector(".widget-label")) || slider.title);
    if (label) put(handle, "tabindex", "-1"); // the typed field beside it does the same
  }

  tell_progress(bar) {
    const way = bar.querySelector(".progress");
    const done = bar.querySelector(".progress-bar");
    if (!way || !done) return;
    put(way, "role", "progressbar");
    put(way, "aria-label", bar.title || way.title || "Progress");
    put(way, "aria-valuemin", "0");
    put(way, "aria-valuemax", "100");
    put(way, "aria-valuenow", String(Math.round(parseFloat(done.style.width) || 0)));
  }

  tell_fold(fold) {
    const inside = fold.parentElement.querySelector(":scope > .lk-inside");
    if (inside) put(fold, "aria-expanded", String(!inside.classList.contains("lk-hidden")));
  }

  // ---- The status line

  speak(words) {
    if (!words || words === this.said) return;
    const alike = (text) => text?.replace(/[\d.,]+/g, "#");
    const pause = alike(words) === alike(this.said) ? SAME_WORDS_MS : OTHER_WORDS_MS;
    const wait = (this.said_at ?? -Infinity) + pause - performance.now();
    clearTimeout(this.speaking);
    if (wait > 0) {
      this.speaking = setTimeout(() => this.speak(words_of(this.page.querySelector(".lk-status"))), wait);
      return;
    }
    this.said = words;
    this.said_at = performance.now();
    this.spoken.textContent = words;
  }

  // ---- The focus

  focused(control) {
    if (control.classList.contains("lk-keeps-focus")) return;
    this.last = control;
    this.lost = undefined;
    this.last_words = words_of(control);
    this.show_hints(control.closest(".lk-field"));
  }

  // The hints of a field stay until another field has the focus, and nothing moves while a button of the mouse is down: what
  // is pressed would slip away from under the pointer, and the press would be lost.
  show_hints(field) {
    if (!field) return;
    if (this.pointer_is_down) {
      this.wants_hints = field;
      return;
    }
    for (const other of this.page.querySelectorAll(".lk-shows-hints"))
      if (other !== field) other.classList.remove("lk-shows-hints");
    field.classList.add("lk-shows-hints");
  }

  // The click comes right behind.
  pointer_went_up() {
    this.pointer_is_down = false;
    const field = this.wants_hints;
    this.wants_hints = undefined;
    if (field) setTimeout(() => this.show_hints(field));
  }

  // Who leaves a control by himself is not brought back to it. One that went away, was hidden or was off for a moment was not
  // left.
  left(control) {
    setTimeout(() => {
      if (control === this.last && control !== this.lost && control.isConnected && !control.disabled && control.offsetParent) this.last = undefined;
    });
  }

  keep_focus() {
    const { last } = this;
    if (!last) return;
    const status = this.page.querySelector(".lk-status");
    const nowhere = document.activeElement === document.body || document.activeElement === null;
    const kept = document.activeElement === status;
    if (!nowhere && !kept) return;
    const usable = (one) => one && one.isConnected && !one.disabled && one.offsetParent;
    const same = usable(last)
      ? last
      : [...this.page.querySelectorAll("button")].find((one) => usable(one) && words_of(one) === this.last_words);
    if (same && (kept || same !== last || last === this.lost)) {
      same.focus({ preventScroll: true });
    } else if (nowhere && !same && status) {
      status.classList.add("lk-keeps-focus");
      status.tabIndex = -1;
      put(status, SUPPRESS, "");
      status.focus({ preventScroll: true });
    }
  }

  // What the tooltip of a button says. Browsers keep the clipboard from pages without TLS that are not on this machine; there
  // the old command still works.
  async copy(button) {
    if (!button?.title) return;
    try {
      await navigator.clipboard.writeText(button.title);
    } catch {
      const text = document.createElement("textarea");
      text.value = button.title;
      text.className = "lk-spoken";
      this.page.append(text);
      text.select();
      document.execCommand("copy");
      text.remove();
      button.focus({ preventScroll: true });
    }
  }

  // Another page leads here. A second window on the notebook stays where it is.
  come() {
    if (!this.page || !document.hasFocus()) return;
    const title = this.page.querySelector(".lk-title");
    this.page.scrollIntoView({ block: "start" });
    this.model.send({ kind: "came" });
    if (!title) return;
    title.tabIndex = -1;
    put(title, SUPPRESS, "");
    title.focus({ preventScroll: true });
  }

  // The first field that needs a look. What was marked this moment is drawn in the next.
  to_trouble() {
    if (!this.page || !document.hasFocus()) return;
    setTimeout(() => {
      const marked = this.page.querySelectorAll(".lk-wrong, .lk-needed.lk-missing");
      const first = [...marked].find((one) => one.offsetParent && one.closest(".lk-field, .lk-group"));
      const own = "input:not([type=checkbox]), select, textarea, [role=slider]";
      const control = first?.closest(".lk-field, .lk-group").querySelector(own);
      if (!control) return;
      control.scrollIntoView({ block: "center" });
      control.focus({ preventScroll: true });
    }, AFTER_CHANGE_MS);
  }

  // Out of the page, as Escape leads out of a cell's text. What a part of the page does with it itself has been done before.
  escape(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.isComposing) return;
    const place = [".jp-Cell", ".jp-Notebook"].map((css) => this.page.closest(css)).find((one) => one?.hasAttribute("tabindex"));
    if (!place) return;
    event.preventDefault();
    place.focus({ preventScroll: true });
  }

  // The one shortcut of Jupyter's that people press anywhere: it saves the notebook, not the web page.
  key(event) {
    if (event.key === "Escape") return this.escape(event);
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.code !== "KeyS") return;
    event.preventDefault();
    const { key, code, ctrlKey, metaKey } = event;
    const again = new KeyboardEvent("keydown", { key, code, ctrlKey, metaKey, keyCode: 83, which: 83, bubbles: true, cancelable: true });
    this.page.closest(".jp-Notebook")?.dispatchEvent(again);
  }
}

export default {
  initialize: hear,
  render({ model, el }) {
    const aid = new Aid(model, el);
    return () => aid.close();
  },
};
