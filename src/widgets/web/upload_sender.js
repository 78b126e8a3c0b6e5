// Sends files to the kernel: offered all at once, then each whole or in pieces, with few on their way at a time. What is not
// answered is asked again, so a connection that is cut, or a kernel that is started again, costs a pause and no byte.
//
// From the window, each with {window, key}        {kind: "offer", id, files: [[path, bytes, first bytes in hex, sha256?]], compared?}
//   {kind: "begin", file, name, bytes, again?}    {kind: "piece", file, name, turn, offset} and the bytes
//   {kind: "end", file, name, sha256}             {kind: "whole", file, name, sha256} and the bytes
//   {kind: "cancel", file, name}                  {kind: "done"}      {kind: "hello"}
// From the kernel, each with {window, file}       {kind: "compare", id, files: [index]}   {kind: "plan", id, files: [name or null]}
//   {kind: "begun", offset, sha256, placed}       {kind: "got", turn, offset}   {kind: "kept"}   {kind: "lost"}
//   {kind: "failed", reason}                      {kind: "ended"}, after "done"

const PIECE = 1 << 20;
const WINDOW = 4; // pieces on their way: measured, more gains nothing
const PATIENCE_MS = 8000;
const HEAD = 64;
const NATIVE = 64 << 20; // larger files are not held in memory for the browser's own hash
const SMALL_MS = 6; // between two small files: Jupyter's server drops what is beyond a thousand messages a second, four of each

const CANCELLED = Symbol("cancelled");

const bytes_of = async (blob) => new Uint8Array(await blob.arrayBuffer());
const hex_of = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
// A name may hold halves of letters, which no message can carry.
const whole_letters = (text) => (text.toWellFormed ? text.toWellFormed() : text);

// Of a whole file or of its beginning: by the browser's own hash where it is there, which is quicker and on another thread.
const hash_of = async (file, end, cancelled) => {
  if (end <= NATIVE && globalThis.crypto?.subtle)
    return hex_of(new Uint8Array(await crypto.subtle.digest("SHA-256", await file.slice(0, end).arrayBuffer())));
  const hash = new Sha256();
  for (let at = 0; at < end; at += PIECE) {
    hash.add(await bytes_of(file.slice(at, Math.min(at + PIECE, end))));
    if (cancelled()) throw CANCELLED;
  }
  return hash.hex();
};

class Sender {
  constructor() {
    this.window = `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 10)}`;
    this.listeners = new Set();
    this.waits = new Set();
    this.later = []; // what was dropped meanwhile
    this.count = 0;
    this.turn = 0;
    this.now = null; // what goes on: {files, done, bytes, sent, words}
    this.on_message = (message) => this.take(message);
  }

  // The model changes when the kernel is started again; what goes on goes on through the new one.
  attach(model) {
    if (this.model === model) return;
    this.model?.off("msg:custom", this.on_message);
    this.model = model;
    model.on("msg:custom", this.on_message);
    this.say({ kind: "hello" });
    for (const wait of [...this.waits]) wait.again?.();
  }

  say(content, bytes) {
    const key = content.key ?? this.key ?? this.model.get("key");
    try {
      this.model.send({ ...content, window: this.window, key }, undefined, bytes ? [bytes.buffer] : undefined);
    } catch {
      // The kernel is gone. What is not answered is asked again, of the next one.
    }
  }

  take(message) {
    if (message.window !== this.window) return;
    for (const wait of [...this.waits]) if (wait.is_for(message)) wait.answer(message);
  }

  tell() {
    for (const listener of this.listeners) listener();
  }

  // The first answer that `is_for` knows; undefined when none comes in time.
  wait(is_for, patience = PATIENCE_MS) {
    return new Promise((answered, refused) => {
      const wait = { is_for };
      const end = (how, what) => {
        clearTimeout(timer);
        this.waits.delete(wait);
        how(what);
      };
      const timer = setTimeout(() => end(answered, undefined), patience);
      wait.answer = (message) => end(answered, message);
      wait.again = () => end(answered, undefined);
      wait.cancel = () => end(refused, CANCELLED);
      this.waits.add(wait);
      if (this.cancelled) wait.cancel();
    });
  }

  // Asks until there is an answer.
  async ask(content, is_for, bytes) {
    for (;;) {
      const answer = this.wait(is_for);
      this.say(content, bytes);
      const message = await answer;
      if (message) return message;
      this.now.words = "Waiting for the kernel.";
      this.tell();
    }
  }

  // ---- One drop

  get busy() {
    return this.now !== null;
  }

  // `entries`: [{path, file}].
  async send_all(entries) {
    if (this.busy) {
      this.later.push(entries);
      return;
    }
    this.cancelled = false;
    this.key = this.model.get("key");
    this.now = { files: 0, done: 0, bytes: 0, sent: 0, words: "Looking at the files." };
    this.tell();
    try {
      const wanted = await this.plan(entries);
      this.now.files = wanted.length;
      this.now.bytes = wanted.reduce((sum, one) => sum + one.file.size, 0);
      this.now.words = "";
      this.tell();
      this.left = wanted;
      this.large = Promise.resolve();
      const lane = async () => {
        for (let one = wanted.shift(); one; one = wanted.shift()) await this.send_one(one);
      };
      const lanes = await Promise.allSettled(Array.from({ length: WINDOW }, lane));
      const broken = lanes.find((one) => one.status === "rejected" && one.reason !== CANCELLED);
      if (broken) console.warn("Lorikeet: the upload stopped.", broken.reason);
    } catch (trouble) {
      if (trouble !== CANCELLED) console.warn("Lorikeet: the upload stopped.", trouble);
    } finally {
      this.cancelled = false;
      await this.ask({ kind: "done" }, (message) => message.kind === "ended");
      this.now = null;
      this.key = undefined;
      this.tell();
    }
    const next = this.later.shift();
    if (next) await this.send_all(next);
  }

  async plan(entries) {
    const files = [];
    for (const { path, file } of entries) {
      let head = "";
      try {
        head = hex_of(await bytes_of(file.slice(0, HEAD)));
      } catch {
        // What the browser cannot read is told when it is to be sent.
      }
      files.push([whole_letters(path), file.size, head]);
      if (this.cancelled) throw CANCELLED;
    }
    const offer = async (more) => {
      const id = `${this.window}-${++this.count}`;
      return this.ask({ kind: "offer", id, files, ...more }, (message) => message.id === id);
    };
    let plan = await offer({});
    if (plan.kind === "compare") {
      for (const index of plan.files) files[index].push(await this.hash(entries[index].file));
      plan = await offer({ compared: true });
    }
    if (plan.kind !== "plan") {
      this.problem = plan.reason;
      return [];
    }
    return entries
      .map((entry, i) => ({ file: entry.file, name: plan.files[i], number: ++this.count }))
      .filter((one) => one.name !== null);
  }

  hash(file, end = file.size) {
    return hash_of(file, end, () => this.cancelled);
  }

  async send_one(one) {
    const before = this.now.sent;
    try {
      if (one.file.size <= PIECE) await this.send_whole(one);
      else while (!(await this.send_pieces(one)));
      this.now.done += 1;
    } catch (trouble) {
      if (trouble === CANCELLED) {
        this.say({ kind: "cancel", file: one.number, name: one.name });
        throw trouble;
      }
      // It was moved or deleted since it was dropped.
      this.refuse(one, "The browser could not read it.");
      this.now.sent = before + one.file.size;
    }
    this.tell();
  }

  // One large file at a time; small ones go beside it.
  async in_turn(work) {
    const before = this.large;
    let done;
    this.large = new Promise((end) => (done = end));
    await before;
    try {
      if (this.cancelled) throw CANCELLED;
      await work();
    } finally {
      done();
    }
  }

  is_answer(one, kinds) {
    return (message) => message.file === one.number && (message.kind === "failed" || kinds.includes(message.kind));
  }

  async send_whole(one) {
    const bytes = await bytes_of(one.file);
    const sha256 = await this.hash(one.file);
    await this.pace();
    await this.ask({ kind: "whole", file: one.number, name: one.name, sha256 }, this.is_answer(one, ["kept"]), bytes);
    this.now.sent += bytes.length;
  }

  async pace() {
    const now = performance.now();
    this.next_small = Math.max(now, this.next_small ?? 0) + SMALL_MS;
    if (this.next_small - SMALL_MS > now) await new Promise((go) => setTimeout(go, this.next_small - SMALL_MS - now));
  }

  // True when it is there or cannot be; false when it has to be begun again. What comes before and after the pieces waits for
  // no other file.
  async send_pieces(one) {
    const begin = { kind: "begin", file: one.number, name: one.name, bytes: one.file.size };
    const is_begun = this.is_answer(one, ["begun"]);
    let begun = await this.ask(begin, is_begun);
    if (begun.offset > 0 && (await this.hash(one.file, begun.offset)) !== begun.sha256) {
      if (begun.placed) return this.refuse(one, "Another file of this name came meanwhile. Drop it again.");
      begun = await this.ask({ ...begin, again: true }, is_begun);
    }
    if (begun.kind === "failed") return true;
    const flow = { turn: ++this.turn, sent: begun.offset, there: begun.offset, over: undefined, wake: () => {} };
    let hash;
    await this.in_turn(async () => {
      hash = one.file.size <= NATIVE ? this.hash(one.file) : new Sha256();
      if (hash instanceof Sha256 && begun.offset > 0) hash = this.hash(one.file);
      hash.catch?.(() => {}); // told where it is waited for
      await this.stream(one, flow, hash instanceof Sha256 ? hash : undefined);
    });
    if (flow.over === "failed") return true;
    if (!flow.over) {
      const sha256 = hash instanceof Sha256 ? hash.hex() : await hash;
      const end = { kind: "end", file: one.number, name: one.name, sha256 };
      if ((await this.ask(end, this.is_answer(one, ["kept", "lost"]))).kind !== "lost") return true;
    }
    this.now.sent -= flow.there;
    return false;
  }

  refuse(one, reason) {
    this.say({ kind: "cancel", file: one.number, name: one.name, reason });
    return true;
  }

  // The bytes from `flow.there` on. What the kernel says is heard at once; `over` says why there is nothing more to send.
  async stream(one, flow, hash) {
    const listener = this.follow(one, flow);
    this.now.sent += flow.there;
    try {
      while (flow.there < one.file.size && !flow.over) {
        if (flow.sent < one.file.size && flow.sent - flow.there < WINDOW * PIECE) await this.send_piece(one, flow, hash);
        else await this.news(flow);
      }
    } finally {
      this.waits.delete(listener);
    }
    if (flow.over === "cancelled") throw CANCELLED;
  }

  follow(one, flow) {
    const over = (why) => {
      flow.over = why;
      flow.wake();
    };
    const listener = {
      is_for: (message) => message.file === one.number && (message.kind !== "got" || message.turn === flow.turn),
      answer: (message) => {
        if (message.kind === "lost") return over("cut");
        if (message.kind === "failed") return over("failed");
        if (message.kind !== "got") return undefined;
        this.now.sent += Math.max(0, message.offset - flow.there);
        this.now.words = "";
        flow.there = Math.max(flow.there, message.offset);
        this.tell();
        return flow.wake();
      },
      again: () => over("cut"),
      cancel: () => over("cancelled"),
    };
    this.waits.add(listener);
    return listener;
  }

  async send_piece(one, flow, hash) {
    const offset = flow.sent;
    const bytes = await bytes_of(one.file.slice(offset, offset + PIECE));
    hash?.add(bytes);
    flow.sent += bytes.length;
    this.say({ kind: "piece", file: one.number, name: one.name, turn: flow.turn, offset }, bytes);
  }

  // Until the kernel said something of this file, or for so long nothing that what was sent may be lost.
  async news(flow) {
    const heard = await new Promise((go) => {
      const timer = setTimeout(() => go(false), PATIENCE_MS);
      flow.wake = () => {
        clearTimeout(timer);
        go(true);
      };
    });
    flow.wake = () => {};
    if (!heard) flow.over = "cut";
  }

  cancel() {
    this.cancelled = true;
    this.later = [];
    if (this.left) this.left.length = 0;
    for (const wait of [...this.waits]) wait.cancel();
  }
}
