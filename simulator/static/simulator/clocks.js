// The clocks of the case: a part of the page that the server draws, fetched again whenever something may have changed them. Moving the
// time, duties put on record and extensions go over the room's socket, each with an id, so that one sent twice happens once.

import { newId } from "./outbox.js";

const CHANGES = new Set([
  "acts_read", "clock_moved", "contact_ended", "contact_opened", "desk_opened", "duty_done", "form_saved", "limit_extended", "limit_missed",
  "session_ended", "trainee_said",
]);
const LATER_MS = 250;

export class Clocks {
  /** `onChange` hears that a limit was missed. */
  constructor(room, socket, { onChange }) {
    this.panel = room.querySelector("[data-clocks]");
    this.url = this.panel.dataset.clocks;
    this.socket = socket;
    this.onChange = onChange;
    this.sent = new Set();
    this.timer = null;
    this.panel.addEventListener("click", (event) => this.pressed(event));
    this.panel.addEventListener("submit", (event) => this.submitted(event));
  }

  happened({ kind }) {
    if (kind === "limit_missed") this.onChange();
    if (CHANGES.has(kind)) this.refresh();
  }

  /** Fetch the clocks soon; several events in a row give one look. */
  refresh() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.fetch(), LATER_MS);
  }

  async fetch() {
    try {
      const answer = await fetch(this.url, { headers: { Accept: "text/html" } });
      if (answer.ok && !answer.redirected) this.draw(await answer.text());
    } catch {
      // No connection: the next event, or the next join, looks again.
    }
  }

  /** What is being written in the forms, which of them are open, and the place of the keyboard survive the new picture. */
  draw(html) {
    const written = new Map([...this.panel.querySelectorAll("[name]")].map((field) => [this.nameOf(field), field.value]));
    const open = [...this.panel.querySelectorAll("details")].map((part) => part.open && part.querySelector("form").dataset);
    const names = open.filter(Boolean).map((data) => data.duty ?? "extend");
    const focused = this.panel.contains(document.activeElement) ? this.nameOf(document.activeElement) : null;
    this.panel.innerHTML = html;
    for (const field of this.panel.querySelectorAll("[name]")) field.value = written.get(this.nameOf(field)) ?? field.value;
    for (const part of this.panel.querySelectorAll("details")) part.open = names.includes(part.querySelector("form").dataset.duty ?? "extend");
    if (focused) [...this.panel.querySelectorAll("[name], [data-step]")].find((field) => this.nameOf(field) === focused)?.focus();
  }

  nameOf(field) {
    if (field.dataset.step) return `step:${field.dataset.step}`;
    return field.name ? `${field.form?.dataset.duty ?? "extend"}:${field.name}` : null;
  }

  pressed(event) {
    const button = event.target.closest("[data-step]");
    if (button) this.command({ type: "move_clock", step: button.dataset.step });
  }

  submitted(event) {
    event.preventDefault();
    const form = event.target;
    const said = Object.fromEntries(new FormData(form));
    if (form.dataset.duty) this.command({ type: "do_duty", stop: form.dataset.duty, details: said }, form);
    else this.command({ type: "extend_limit", ...said }, form);
  }

  command(frame, form = null) {
    const id = newId();
    this.problem("");
    if (!this.socket.send({ ...frame, id })) return;
    this.socket.expectAnswer();
    this.sent.add(id);
    this.form = form;
  }

  /** Was it ours? What is on record need not stand in the form any longer. */
  answered(id) {
    if (!this.sent.delete(id)) return false;
    this.form?.reset();
    this.form = null;
    this.refresh();
    return true;
  }

  refused(frame) {
    if (!this.sent.delete(frame.id)) return false;
    this.problem(frame.message ?? "");
    return true;
  }

  problem(words) {
    const place = this.panel.querySelector("[data-clock-problem]");
    if (!place) return;
    place.textContent = words;
    place.hidden = !words;
    if (words) place.scrollIntoView({ block: "nearest" });
  }
}
