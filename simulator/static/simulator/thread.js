// The conversation. Bubbles are copies of <template> elements, kept in the order of the log's positions.

const NEAR_THE_END = 120;

export class Thread {
  constructor(room, { onResend, onDiscard }) {
    this.scroller = room.querySelector("[data-scroller]");
    this.list = room.querySelector("[data-thread]");
    this.announcer = room.querySelector("[data-announcer]");
    this.typing = room.querySelector("[data-typing]");
    this.newest = room.querySelector("[data-newest]");
    this.templates = Object.fromEntries([...room.querySelectorAll("template[data-bubble]")].map((t) => [t.dataset.bubble, t.content]));
    this.clock = new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hour12: false });
    this.onResend = onResend;
    this.onDiscard = onDiscard;
    this.newest.addEventListener("click", () => this.toEnd());
    this.following = true; // the reader is at the end and stays there when something beside or under the lines grows
    this.scroller.addEventListener("scroll", () => this.scrolled(), { passive: true });
    const grown = new ResizeObserver(() => this.following && this.toEnd());
    grown.observe(this.scroller);
    grown.observe(this.list);
  }

  scrolled() {
    this.following = this.atEnd();
    if (this.following) this.newest.hidden = true;
  }

  customerSaid(event, { announce }) {
    if (this.has(event.position)) return;
    const bubble = this.make("customer", event.data.text, event.at);
    bubble.dataset.band = event.data.band;
    this.place(bubble, event.position);
    if (announce) this.announce(event.data.text);
  }

  /** The bubble says the same in other words. Where they were there in time it has been shown in them already. */
  reworded(position, text) {
    const words = this.list.querySelector(`[data-position="${position}"] [data-text]`);
    if (words) words.textContent = text;
  }

  /** The trainee's words as the log has them; a waiting bubble with `id` becomes the saved one instead of a second. */
  traineeSaid(event, id) {
    if (this.has(event.position)) return;
    const waiting = id && this.list.querySelector(`[data-id="${CSS.escape(id)}"]`);
    const bubble = waiting ?? this.make("trainee", event.data.text, event.at);
    delete bubble.dataset.id;
    this.setState(bubble, "saved");
    this.place(bubble, event.position);
  }

  waiting(message, state) {
    const bubble = this.make("trainee", message.text, message.writtenAt);
    bubble.dataset.id = message.id;
    this.setState(bubble, state);
    bubble.querySelector("[data-resend]").addEventListener("click", () => this.onResend(message.id));
    bubble.querySelector("[data-discard]").addEventListener("click", () => this.onDiscard(message.id));
    this.list.append(bubble);
    this.toEnd();
  }

  state(id, state, reason = "") {
    const bubble = this.list.querySelector(`[data-id="${CSS.escape(id)}"]`);
    if (!bubble) return;
    this.setState(bubble, state);
    bubble.querySelector("[data-reason]").textContent = reason;
  }

  discard(id) {
    this.list.querySelector(`[data-id="${CSS.escape(id)}"]`)?.remove();
  }

  /** A quiet line between the bubbles; `kind` names its template, `text` is put where it has a place for it. */
  remark(kind, event, text = "") {
    if (this.has(event.position) || !this.templates[kind]) return;
    const line = this.templates[kind].cloneNode(true).firstElementChild;
    const place = line.querySelector("[data-text]");
    if (place) place.textContent = text;
    for (const words of line.querySelectorAll("[data-mood]")) words.hidden = words.dataset.mood !== event.data.mood;
    this.place(line, event.position);
  }

  showTyping(shown) {
    const follow = this.atEnd();
    this.typing.hidden = !shown;
    if (follow && shown) this.toEnd();
  }

  make(kind, text, at) {
    const bubble = this.templates[kind].cloneNode(true).firstElementChild;
    bubble.querySelector("[data-text]").textContent = text;
    const time = bubble.querySelector("time");
    const moment = new Date(at);
    time.dateTime = moment.toISOString();
    time.textContent = this.clock.format(moment);
    return bubble;
  }

  setState(bubble, state) {
    bubble.dataset.state = state;
    const words = bubble.querySelector("[data-state-words]");
    words.textContent = words.dataset[state] ?? "";
  }

  has(position) {
    return Boolean(this.list.querySelector(`[data-position="${position}"]`));
  }

  place(bubble, position) {
    const follow = this.atEnd();
    bubble.dataset.position = position;
    const later = [...this.list.children].find((other) => other !== bubble && Number(other.dataset.position ?? Infinity) > position);
    if (later ?? null) this.list.insertBefore(bubble, later);
    else if (bubble.parentElement !== this.list || this.list.lastElementChild !== bubble) this.list.append(bubble);
    if (follow) this.toEnd();
    else this.newest.hidden = false;
  }

  announce(text) {
    const line = document.createElement("p");
    line.textContent = text;
    this.announcer.append(line);
    while (this.announcer.childElementCount > 5) this.announcer.firstElementChild.remove();
  }

  atEnd() {
    return this.scroller.scrollHeight - this.scroller.scrollTop - this.scroller.clientHeight < NEAR_THE_END;
  }

  toEnd() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.newest.hidden = true;
  }
}
