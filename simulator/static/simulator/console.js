// The trainer's console: the customer's seat, the levers, and why the customer feels as they do. It acts only through the socket.

import { Composer } from "./composer.js";
import { newId } from "./outbox.js";
import { tabs } from "./panels.js";

const SHOWN_CHANGES = 8;
const LEAST_EFFECT = 0.01;

export class Console {
  constructor(room, socket, thread, watching) {
    this.room = room;
    this.socket = socket;
    this.thread = thread;
    this.watching = watching;
    this.levers = room.querySelector("[data-levers]");
    this.offers = room.querySelector("[data-offers]");
    this.banner = room.querySelector("[data-seat-banner]");
    this.causes = room.querySelector("[data-causes]");
    this.refusal = room.querySelector("[data-lever-refused]");
    this.waiting = new Map(); // id of a message that is on its way: what to do when it is on disk
    this.lines = new Map(); // number of a line from the seat: what is understood in it, and where it stands
    this.seated = false;
    this.over = room.dataset.state !== "open";
    this.composer = new Composer(room.querySelector("[data-seat-composer]"), `${room.dataset.session}:seat`, (text) => this.say(text));
    tabs(room.querySelector("[data-console-tabs]"), () => {});
    this.listen();
    this.showSeat();
  }

  listen() {
    for (const button of this.room.querySelectorAll("[data-lever]")) {
      button.addEventListener("click", () => this.pull({ type: button.dataset.lever }));
    }
    for (const form of this.levers.querySelectorAll("[data-lever-form]")) {
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        this.pull(this.frame(form, event.submitter), () => form.reset());
      });
      form.addEventListener("reset", () => setTimeout(() => this.chooseInject()));
    }
    this.levers.querySelector("#inject").addEventListener("change", () => this.chooseInject());
    this.chooseInject();
    const dialog = this.room.querySelector("[data-end-dialog]");
    this.levers.querySelector("[data-end]").addEventListener("click", () => dialog.showModal());
    dialog.addEventListener("close", () => {
      if (dialog.returnValue === "end") this.pull({ type: "end" });
      dialog.returnValue = "";
    });
  }

  /** The message of a form of the levers. */
  frame(form, submitter) {
    const fields = Object.fromEntries([...new FormData(form)].filter(([, value]) => value !== ""));
    if (form.dataset.leverForm === "nudge") fields.mood = submitter?.value || "angrier";
    if (form.dataset.leverForm === "inject" && fields.inject) delete fields.text;
    return { type: form.dataset.leverForm, ...fields };
  }

  /** Only what is in the trainer's own words needs a field for them. */
  chooseInject() {
    const own = this.levers.querySelector("#inject").value === "";
    this.levers.querySelector("[data-inject-text]").hidden = !own;
    this.levers.querySelector("#inject-text").required = own;
  }

  /** Send a lever. `done` runs when it is on disk; until then what was typed stays where it is. */
  pull(frame, done = () => {}) {
    this.refusal.hidden = true;
    const id = newId();
    if (!this.socket.send({ ...frame, id })) return this.refuse(this.refusal.dataset.offline);
    this.socket.expectAnswer();
    this.waiting.set(id, { done, frame });
  }

  say(text) {
    const id = newId();
    if (!this.socket.send({ type: "say_as_customer", id, text })) return this.giveBack(text, this.refusal.dataset.offline);
    this.socket.expectAnswer();
    this.waiting.set(id, { done: () => {}, frame: { type: "say_as_customer", text } });
  }

  acknowledged(id) {
    const sent = this.waiting.get(id);
    if (!sent) return false;
    this.waiting.delete(id);
    sent.done();
    return true;
  }

  refused({ id, message }) {
    const sent = this.waiting.get(id);
    if (!sent) return false;
    this.waiting.delete(id);
    if (sent.frame.type === "say_as_customer") this.giveBack(sent.frame.text, message);
    else this.refuse(message);
    return true;
  }

  /** The line was lost: what was on its way may not have arrived, so words go back into their field. */
  lost() {
    for (const { frame } of this.waiting.values()) {
      if (frame.type === "say_as_customer") this.giveBack(frame.text, this.refusal.dataset.offline);
    }
    this.waiting.clear();
  }

  giveBack(text, why) {
    this.composer.take(text);
    this.refuse(why);
  }

  refuse(words) {
    this.refusal.textContent = words;
    this.refusal.hidden = false;
  }

  // --- what happens

  happened(event) {
    const { kind, data } = event;
    switch (kind) {
      case "driver_changed":
        this.seated = data.driver === "trainer" && String(event.by) === this.room.dataset.person;
        this.offer([]);
        this.showSeat();
        break;
      case "lines_offered":
        this.offer(data.lines);
        break;
      case "trainee_said":
        this.offer([]);
        break;
      case "customer_said":
        this.offer([]);
        if (data.source === "seat") this.mark(event.position);
        break;
      case "customer_read":
        this.understood(event);
        break;
      case "fact_told":
        this.fact(data.fact, true);
        break;
      case "taken_back":
        if (data.fact) this.fact(data.fact, false);
        break;
      case "state_changed":
        this.why(data);
        break;
      case "paused":
      case "resumed":
        this.lever("pause").hidden = kind === "paused";
        this.lever("resume").hidden = kind === "resumed";
        break;
      case "contact_ended":
        this.seated = false;
        this.offer([]);
        this.showSeat();
        this.lever("pause").hidden = false;
        this.lever("resume").hidden = true;
        break;
      case "session_ended":
        this.over = true;
        this.showSeat();
        break;
    }
  }

  lever(type) {
    return this.levers.querySelector(`[data-lever="${type}"]`);
  }

  showSeat() {
    const taken = this.room.dataset.driver === "trainer" && !this.over;
    this.banner.hidden = !taken;
    for (const words of this.banner.querySelectorAll("[data-seat-mine]")) words.hidden = !this.seated;
    this.banner.querySelector("[data-seat-other]").hidden = this.seated;
    this.lever("take_seat").hidden = taken;
    if (this.seated && !this.over) this.composer.open();
    else this.composer.form.hidden = true;
    for (const field of this.levers.querySelectorAll("fieldset")) field.disabled = this.over;
    if (this.seated && !this.over && document.activeElement === document.body) this.composer.field.focus();
  }

  offer(lines) {
    this.offers.hidden = !lines.length || !this.seated;
    const template = this.room.querySelector("template[data-offer]").content;
    const between = this.offers.querySelector("[lang]").lang.startsWith("zh") ? "" : " ";
    this.offers.querySelector("[data-offer-list]").replaceChildren(
      ...lines.map((line) => {
        const item = template.cloneNode(true).firstElementChild;
        const text = line.parts.map((part) => part[2]).join(between);
        item.querySelector("[data-text]").textContent = text;
        item.querySelector("[data-send]").addEventListener("click", () => this.say(text));
        item.querySelector("[data-edit]").addEventListener("click", () => {
          this.composer.field.value = "";
          this.composer.take(text);
        });
        return item;
      }),
    );
  }

  mark(position) {
    const bubble = this.thread.list.querySelector(`[data-position="${position}"]`);
    if (bubble) bubble.dataset.source = "seat";
  }

  /** Chips under a line from the seat: what it does, tells and claims. Each can be ticked off, and more can be added. */
  understood({ position, data }) {
    const before = this.lines.get(data.line);
    const known = before ?? { bubble: this.watching.before("customer", position), claims: [], says: [] };
    if (!known.bubble) return;
    known.now = data;
    known.claims = [...new Set([...known.claims, ...data.claims.map((claim) => claim.quote)])];
    known.facts = [...new Set([...(known.facts ?? []), ...data.facts])];
    known.says = [...new Set([...known.says, data.says].filter(Boolean))];
    this.lines.set(data.line, known);
    const focused = known.list?.contains(document.activeElement) ? document.activeElement.dataset.chip : null;
    const list = this.chips(known);
    if (known.list) known.list.replaceWith(list);
    else known.bubble.append(list);
    known.list = list;
    if (focused) list.querySelector(`[data-chip="${CSS.escape(focused)}"]`)?.focus();
  }

  chips(known) {
    const now = known.now;
    const claimed = now.claims.map((claim) => claim.quote);
    const list = document.createElement("div");
    list.className = "understood";
    list.lang = document.documentElement.lang;
    list.setAttribute("role", "group");
    list.setAttribute("aria-label", this.watching.word("understood"));
    const chip = (code, words, on, next) => {
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.chip = code;
      button.textContent = words;
      button.setAttribute("aria-pressed", String(on));
      button.addEventListener("click", () => this.correct(now, next));
      return button;
    };
    const without = (all, one) => all.filter((other) => other !== one);
    for (const says of known.says) {
      const on = now.says === says;
      list.append(chip(`says:${says}`, this.watching.word(`says:${says}`), on, { says: on ? "" : says }));
    }
    for (const fact of known.facts) {
      const on = now.facts.includes(fact);
      list.append(chip(`fact:${fact}`, this.watching.word(`fact:${fact}`) ?? fact, on, { facts: on ? without(now.facts, fact) : [...now.facts, fact] }));
    }
    for (const claim of known.claims) {
      const on = claimed.includes(claim);
      const words = `${this.watching.word("claim")}: ${claim}`;
      list.append(chip(`claim:${claim}`, words, on, { claims: on ? without(claimed, claim) : [...claimed, claim] }));
    }
    list.append(this.more(known));
    return list;
  }

  /** A list of everything else that the line could do or tell. */
  more(known) {
    const select = document.createElement("select");
    select.setAttribute("aria-label", this.watching.word("add"));
    const option = (value, words) => select.append(new Option(words, value));
    option("", this.watching.word("add"));
    for (const [code, words] of this.watching.words) {
      const [sort, name] = code.split(":");
      if (sort === "says" && !known.says.includes(name)) option(code, words);
      if (sort === "fact" && !known.facts.includes(name)) option(code, words);
    }
    select.addEventListener("change", () => {
      const [sort, name] = select.value.split(":");
      if (sort === "says") this.correct(known.now, { says: name });
      if (sort === "fact") this.correct(known.now, { facts: [...known.now.facts, name] });
      select.value = "";
    });
    return select;
  }

  correct(now, next) {
    const meant = { says: now.says, facts: now.facts, claims: now.claims.map((claim) => claim.quote), ...next };
    this.pull({ type: "understood", line: now.line, ...meant });
  }

  fact(id, told) {
    const item = this.room.querySelector(`[data-facts] [data-fact="${CSS.escape(id)}"]`);
    if (!item) return;
    item.toggleAttribute("data-is-told", told);
    item.querySelector("[data-told]").hidden = !told;
    item.querySelector("[data-untold]").hidden = told;
  }

  /** One change of the customer, with its reasons; the latest stands first. */
  why({ turn, band, causes }) {
    const felt = (causes ?? []).filter((cause) => Math.abs(cause.delta) >= LEAST_EFFECT);
    if (!felt.length) return;
    this.room.querySelector("[data-no-causes]").hidden = true;
    const item = document.createElement("li");
    item.dataset.band = band;
    const head = document.createElement("strong");
    head.textContent = turn ? this.watching.word("turn").replace("{number}", turn) : this.watching.word("opening");
    item.append(head);
    const reasons = new Map();
    for (const cause of felt) {
      const name = this.watching.word(`rule:${cause.rule}`) ?? this.watching.word(`act:${cause.act}`) ?? this.watching.word(`act:${cause.act?.split(".")[0]}`) ?? cause.rule;
      const effect = `${this.watching.word(`variable:${cause.variable}`)} ${cause.delta > 0 ? "+" : "−"}${Math.round(Math.abs(cause.delta) * 100)}`;
      reasons.set(name, [...(reasons.get(name) ?? []), effect]);
    }
    for (const [name, effects] of reasons) {
      const line = document.createElement("p");
      const reason = document.createElement("span");
      reason.textContent = name;
      const what = document.createElement("span");
      what.className = "soft";
      what.textContent = effects.join(" · ");
      line.append(reason, " ", what);
      item.append(line);
    }
    this.causes.prepend(item);
    while (this.causes.childElementCount > SHOWN_CHANGES) this.causes.lastElementChild.remove();
  }
}
