// Every page has one of these, in the part that draws its strip (strip.js): it watches the kernel. A page whose kernel is gone
// says so, and what to press; what is pressed on it meanwhile changes nothing and is answered in words. When a new kernel of ours is there, the
// page is asked for again and takes the place of the dead one.
//
// It also says when another tab of this browser has the same notebook open.
//
// It looks at the kernel through what anywidget hands on of JupyterLab's widget manager; elsewhere it does nothing.

const KEPT = " Everything you typed is saved, and a training goes on.";
const WORDS = {
  restarting: ["The kernel is restarting.", " This panel comes back by itself."],
  connection: ["No connection to the kernel.", " This panel comes back when the server answers." + KEPT],
  gone: ["The kernel has stopped.", " Choose Kernel, then Restart Kernel, in the menu." + KEPT],
  fresh: ["The kernel is new.", " Choose Run, then Run All Cells, in the menu." + KEPT],
  foreign: ["This notebook runs with another kernel now.", " Choose Kernel, Change Kernel, Lorikeet, in the menu."],
};
const PATIENCE_MS = 1500; // with a connection that may be back at once
const MOST_TRIES = 3; // each makes the kernel busy, which is news by itself
const NEWS = ["click", "keydown", "pointerdown", "input", "change"];

// Two tabs on one notebook: the pages are the same in both, but JupyterLab saves the file in each, and asks in a dialogue of
// its own what to do about the other's changes. The tabs of one browser hear of each other here; one object a window.
const TABS = "This notebook is open in another tab too; close one of them.";
const ASK_MS = 10000;
const SILENT_MS = 25000; // a tab that crashed says no goodbye

class Tabs {
  static of(path) {
    const all = (window.lorikeet_tabs ??= {});
    return (all[path] ??= new Tabs(path, () => delete all[path]));
  }
  constructor(path, gone) {
    this.gone = gone;
    this.me = `${Date.now()} ${Math.random()}`;
    this.others = new Map();
    this.told = new Set();
    this.channel = new BroadcastChannel(`lorikeet ${path}`);
    this.channel.onmessage = ({ data }) => this.take(data);
    this.on_hide = () => this.say("bye");
    window.addEventListener("pagehide", this.on_hide);
    this.asking = setInterval(() => this.ask(), ASK_MS);
    this.say("hello");
  }
  say(kind) {
    this.channel.postMessage({ kind, from: this.me });
  }
  take({ kind, from }) {
    if (kind === "bye") this.others.delete(from);
    else this.others.set(from, performance.now());
    if (kind === "hello") this.say("here");
    this.tell();
  }
  ask() {
    if (!this.others.size) return;
    for (const [from, heard] of this.others) if (performance.now() - heard > SILENT_MS) this.others.delete(from);
    this.say("hello");
    this.tell();
  }
  tell() {
    for (const tell of this.told) tell(this.others.size > 0);
  }
  listen(tell) {
    this.told.add(tell);
    tell(this.others.size > 0);
  }
  leave(tell) {
    this.told.delete(tell);
    if (this.told.size) return;
    this.say("bye");
    clearInterval(this.asking);
    window.removeEventListener("pagehide", this.on_hide);
    this.channel.close();
    this.gone();
  }
}

class Life {
  constructor(model, el) {
    this.model = model;
    this.el = el;
    this.manager = model.widget_manager;
    this.session = this.manager?.context?.sessionContext;
    this.words = document.createElement("div");
    this.words.className = "lk-dead-words";
    this.words.setAttribute("role", "alert");
    this.words.tabIndex = -1;
    this.words.hidden = true;
    el.append(this.words);
    this.dead = false;
    if (this.session) this.listen();
    const path = this.manager?.context?.path;
    if (path && window.BroadcastChannel) this.look_for_tabs(path);
  }

  look_for_tabs(path) {
    const note = document.createElement("div");
    note.className = "lk-tabs";
    note.textContent = TABS;
    note.hidden = true;
    this.el.append(note);
    this.on_tabs = (others) => (note.hidden = !others);
    this.tabs = Tabs.of(`${location.pathname.split("/lab")[0]} ${path}`);
    this.tabs.listen(this.on_tabs);
  }

  listen() {
    this.name = this.session.session?.kernel?.name;
    this.on_status = (_, status) => this.status(status);
    this.on_connection = (_, status) => this.connection(status);
    this.on_kernel = (_, change) => this.lose(change.newValue ? "restarting" : "gone");
    this.session.statusChanged.connect(this.on_status);
    this.session.connectionStatusChanged.connect(this.on_connection);
    this.session.kernelChanged.connect(this.on_kernel);
    this.guard = (event) => this.refuse(event);
  }

  close() {
    clearTimeout(this.patience);
    this.unguard();
    this.tabs?.leave(this.on_tabs);
    this.tabs = undefined;
    if (!this.session) return;
    this.session.statusChanged.disconnect(this.on_status);
    this.session.connectionStatusChanged.disconnect(this.on_connection);
    this.session.kernelChanged.disconnect(this.on_kernel);
  }

  get page() {
    return this.el.closest(".lk-page");
  }

  // ---- What the kernel does

  status(status) {
    if (["restarting", "autorestarting"].includes(status)) this.lose("restarting");
    else if (["dead", "terminating"].includes(status)) this.lose("gone");
    else if (this.dead && ["idle", "busy"].includes(status)) this.heal();
  }

  connection(status) {
    clearTimeout(this.patience);
    if (this.dead) return;
    if (status === "connected") return this.hide();
    this.patience = setTimeout(() => this.show("connection"), PATIENCE_MS);
  }

  // From here on no control of this page leads anywhere.
  lose(why) {
    this.dead = true;
    this.tries = 0;
    this.show(why);
  }

  show(why) {
    const [what, remedy] = WORDS[why];
    const strong = document.createElement("b");
    strong.textContent = what;
    this.words.replaceChildren(strong, remedy);
    this.words.hidden = false;
    this.page?.classList.add("lk-dead");
    if (this.guarded) return;
    this.guarded = this.page;
    for (const name of NEWS) this.guarded?.addEventListener(name, this.guard, true);
  }

  hide() {
    this.words.hidden = true;
    this.page?.classList.remove("lk-dead");
    this.unguard();
  }

  unguard() {
    for (const name of NEWS) this.guarded?.removeEventListener(name, this.guard, true);
    this.guarded = undefined;
  }

  // Tab still leads through the page; anything else on a dead control is answered by the words.
  refuse(event) {
    if (this.words.contains(event.target) || (event.type === "keydown" && ["Tab", "Escape", "Shift"].includes(event.key)))
      return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!["click", "keydown"].includes(event.type)) return;
    this.words.classList.add("lk-pressed");
    this.words.scrollIntoView({ block: "nearest" });
    this.words.focus({ preventScroll: true });
  }

  // ---- A new kernel

  async heal() {
    if (this.healing || this.tries >= MOST_TRIES) return;
    if (!this.session.session?.kernel) return this.show("gone"); // the last news of one that was shut down
    this.healing = true;
    this.tries += 1;
    const kernel = this.session.session?.kernel;
    try {
      if (kernel.name !== this.name) return this.show("foreign");
      await this.put_in_place(await this.ask(kernel));
    } catch (trouble) {
      console.warn("Lorikeet: the page could not be connected again.", trouble);
      this.show(this.session.session?.kernel ? "fresh" : "gone"); // asked while it was shut down
    } finally {
      this.healing = false;
    }
  }

  // The word of this page as if its cell had been run; the id of what the kernel shows then.
  async ask(kernel) {
    let id;
    const asked = kernel.requestExecute({ code: this.model.get("word"), store_history: false, stop_on_error: false }, true);
    asked.onIOPub = (message) => {
      const view = message.content?.data?.["application/vnd.jupyter.widget-view+json"];
      if (message.header.msg_type === "display_data" && view) id = view.model_id;
    };
    await asked.done;
    if (!id) throw new Error("the kernel showed no page");
    return id;
  }

  // A page lies in a frame of its kernel's, which goes with that kernel: the new one takes the frame's place.
  async put_in_place(id) {
    const page = this.page;
    const place = page?.closest(".lk-place") ?? page;
    if (!place?.isConnected) return; // its cell was run meanwhile
    const view = await this.manager.create_view(await this.manager.get_model(id));
    const widget = view.luminoWidget ?? view.pWidget;
    if (!place.isConnected) return;
    widget.constructor.attach(widget, place.parentElement, place);
    this.close();
    this.remove(place, page);
  }

  // Left where it is, unseen: an output of JupyterLab hides itself when the view that it made is disposed of, and what took
  // its place with it.
  remove(place, page) {
    place.style.display = "none";
    page.classList.remove("lk-page");
  }
}
