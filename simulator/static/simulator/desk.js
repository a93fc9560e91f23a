// The case beside the conversation. Every entry is saved by itself, field by field, and survives a reload, a lost line and a second
// tab: what is not yet known to be on the server's disk waits in localStorage, one key a field, and is sent again with the same id.

import { newId } from "./outbox.js";
import { tabs } from "./panels.js";

const TYPING_MS = 700;
const RETRY_MS = 1500;
const GAP = /【[^】]*】/;

/** What waits to be saved: the last value of each field, in the order of writing. */
class Unsaved {
  constructor(session) {
    this.prefix = `tingsu:unsaved:${session}:`;
    this.entries = new Map();
    for (const key of Object.keys(localStorage).filter((name) => name.startsWith(this.prefix))) {
      this.entries.set(key.slice(this.prefix.length), JSON.parse(localStorage.getItem(key)));
    }
  }

  put(field, value) {
    this.entries.delete(field);
    this.entries.set(field, { id: newId(), value });
    try {
      localStorage.setItem(this.prefix + field, JSON.stringify(this.entries.get(field)));
    } catch {
      // The store is full or forbidden: the entry still waits in this tab.
    }
  }

  /** The entry with this id is settled; a later one of the same field goes on waiting. */
  settle(id) {
    for (const [field, entry] of this.entries) {
      if (entry.id !== id) continue;
      this.entries.delete(field);
      localStorage.removeItem(this.prefix + field);
      return field;
    }
    return undefined;
  }

  next() {
    return this.entries.entries().next().value;
  }
}

export class Desk {
  /** `socket` sends; `onTalk(open)` hears that a contact has begun or ended; `onChange` that a sheet has something new. */
  constructor(room, socket, { onTalk, onChange }) {
    this.room = room;
    this.socket = socket;
    this.onTalk = onTalk;
    this.onChange = onChange;
    this.playing = room.dataset.seat === "trainee";
    this.part = (name) => room.querySelector(`[data-${name}]`);
    this.tabList = this.part("desk-tabs");
    this.words = new Map([...this.part("desk-words").content.children].map((word) => [word.dataset.word, word.textContent]));
    this.fields = new Map([...room.querySelectorAll("[data-field]")].map((place) => [place.dataset.field, place]));
    this.documents = new Map([...room.querySelectorAll("[data-document]")].map((place) => [place.dataset.document, place]));
    this.unsaved = new Unsaved(room.dataset.session);
    this.waiting = new Map(); // other commands on their way, by id
    this.touched = new Set();
    this.timers = new Map();
    this.lastSaved = new Map();
    this.sent = null;
    this.isOpen = false;
    this.state = { talking: true, answered: false, calledBack: false, over: room.dataset.state !== "open", purpose: "" };
    this.listen();
    for (const [field, entry] of this.unsaved.entries) this.write(field, entry.value);
    this.dependOnNature();
    this.refresh();
  }

  listen() {
    tabs(this.tabList, (name) => this.shown(name));
    if (!this.playing) return;
    for (const [field, place] of this.fields) {
      place.addEventListener("input", () => this.changed(field));
      place.addEventListener("change", () => this.save(field));
    }
    for (const [id, place] of this.documents) {
      place.querySelector("[data-ask]").addEventListener("click", () => this.command({ type: "ask_document", document: id }));
    }
    this.answerForm = this.part("answer-form");
    const draft = `tingsu:answer:${this.room.dataset.session}`;
    const { text, channel } = this.answerForm.elements;
    const kept = JSON.parse(localStorage.getItem(draft) ?? "{}");
    text.value = kept.text ?? "";
    channel.value = kept.channel ?? "";
    this.answerForm.addEventListener("input", () => localStorage.setItem(draft, JSON.stringify({ text: text.value, channel: channel.value })));
    this.answerForm.addEventListener("submit", (event) => this.sendAnswer(event));
    this.part("template").addEventListener("change", (event) => this.useTemplate(event.target));
    this.part("call-back").addEventListener("click", () => this.command({ type: "call_back" }));
    this.dialog = this.part("hand-in-dialog");
    for (const button of this.room.querySelectorAll("[data-hand-in]")) button.addEventListener("click", () => this.askToHandIn());
    this.dialog?.addEventListener("close", () => this.dialog.returnValue === "hand-in" && this.command({ type: "hand_in" }));
  }

  // --- what the server says

  happened(event) {
    const { kind, data } = event;
    const handlers = {
      desk_opened: () => this.opened(data),
      form_saved: () => this.savedElsewhere(data),
      document_asked: () => this.asked(data.document),
      document_arrived: () => this.arrived(data),
      contact_opened: () => this.contact(data),
      trainee_said: () => this.said(data),
      satisfaction_told: () => this.marked(data.mark),
      contact_ended: () => this.change({ talking: false }),
      session_ended: () => this.change({ talking: false, over: true }),
    };
    handlers[kind]?.();
  }

  opened({ complaint_no, received_on, officer }) {
    this.isOpen = true;
    this.part("complaint-no").textContent = complaint_no;
    this.part("number-hint").hidden = false;
    for (const [field, value] of [["received_at", received_on], ["receiving_officer", officer]]) {
      if (!this.read(field) && !this.unsaved.entries.has(field)) this.write(field, value);
    }
    this.refresh();
  }

  savedElsewhere({ field, value }) {
    this.lastSaved.set(field, value);
    if (this.unsaved.entries.has(field) || this.timers.has(field)) return; // what is being typed here is newer
    if (this.read(field) !== value) this.write(field, value);
    if (field === "nature") this.dependOnNature();
    this.refresh();
  }

  asked(id) {
    const place = this.documents.get(id);
    if (!place) return;
    place.querySelector("[data-ask]")?.remove();
    place.querySelector("[data-waiting]").hidden = !place.querySelector("[data-document-text]").hidden;
  }

  arrived({ document: id, text }) {
    const place = this.documents.get(id);
    if (!place) return;
    place.querySelector("[data-ask]")?.remove();
    place.querySelector("[data-waiting]").hidden = true;
    const said = place.querySelector("[data-document-text]");
    said.replaceChildren(...text.split(/\s*[｜|]\s*/).map((entry) => Object.assign(document.createElement("p"), { textContent: entry })));
    said.hidden = false;
    this.onChange("documents");
  }

  contact({ purpose }) {
    this.change({ talking: purpose === "follow_up", purpose, ...(purpose === "answer" ? { answered: true } : { calledBack: true }) });
  }

  said({ text }) {
    if (this.state.purpose !== "answer" || !this.part("answer-sent").hidden) return;
    this.part("answer-text").textContent = text;
    this.part("answer-sent").hidden = false;
    if (this.answerForm) this.answerForm.hidden = true;
    localStorage.removeItem(`tingsu:answer:${this.room.dataset.session}`);
  }

  marked(mark) {
    this.part("mark").hidden = false;
    this.part("mark-words").textContent = `${mark} / 5`;
  }

  change(news) {
    Object.assign(this.state, news);
    this.onTalk(this.state);
    this.refresh();
  }

  /** Was it ours? A command that is on disk is sent no more. */
  acknowledged(id) {
    const field = this.unsaved.settle(id);
    const ours = field !== undefined || this.waiting.delete(id);
    if (this.sent === id) this.sent = null;
    if (ours) this.flush();
    return ours;
  }

  refused(frame) {
    if (frame.id === undefined || frame.id !== this.sent) return false;
    this.sent = null;
    if (frame.code === "rate_limited") {
      setTimeout(() => this.flush(), RETRY_MS);
      return true;
    }
    const field = this.unsaved.settle(frame.id);
    this.waiting.delete(frame.id);
    if (field) this.problem(field, this.words.get("too_long"));
    this.flush();
    return Boolean(field) || ["not_again", "not_found"].includes(frame.code); // the rest is said aloud by the room
  }

  lost() {
    this.sent = null;
    this.status("offline");
  }

  // --- what the person does

  changed(field) {
    clearTimeout(this.timers.get(field));
    this.timers.set(field, setTimeout(() => this.save(field), TYPING_MS));
    this.touched.add(field);
    if (field === "nature") this.dependOnNature();
  }

  save(field) {
    clearTimeout(this.timers.get(field));
    this.timers.delete(field);
    this.touched.add(field);
    if (this.state.over) return;
    const value = this.read(field);
    if (value === this.lastSaved.get(field)) return;
    this.lastSaved.set(field, value);
    this.unsaved.put(field, value);
    if (field === "nature") this.dependOnNature();
    this.refresh();
    this.flush();
  }

  /** Send the oldest thing that waits; one at a time keeps the order. */
  flush() {
    if (this.sent || !this.playing) return;
    const [id, frame] = this.waiting.entries().next().value ?? [];
    const entry = this.unsaved.next();
    if (entry) return this.transmit(entry[1].id, { type: "save_field", id: entry[1].id, field: entry[0], value: entry[1].value });
    if (frame) return this.transmit(id, frame);
    this.status(this.socket.joined ? "saved" : "offline");
  }

  transmit(id, frame) {
    if (!this.socket.send(frame)) return this.status("offline");
    this.sent = id;
    this.socket.expectAnswer();
    this.status("saving");
  }

  command(frame) {
    const id = newId();
    this.waiting.set(id, { ...frame, id });
    this.flush();
  }

  open() {
    if (!this.isOpen) this.command({ type: "open_desk" });
  }

  sendAnswer(event) {
    event.preventDefault();
    const { text, channel } = this.answerForm.elements;
    const place = this.part("answer-problem");
    const problem = !text.value.trim() || !channel.value ? "nothing" : GAP.test(text.value) && place.dataset.said !== "gaps" ? "gaps" : "";
    place.hidden = !problem;
    place.textContent = problem ? place.dataset[problem] : "";
    place.dataset.said = problem;
    if (!problem) this.command({ type: "send_answer", channel: channel.value, text: text.value.trim() });
  }

  useTemplate(select) {
    const { text } = this.answerForm.elements;
    if (!select.value) return;
    text.value = text.value.trim() ? `${text.value.trim()}\n\n${select.value}` : select.value;
    select.value = "";
    text.dispatchEvent(new Event("input", { bubbles: true }));
    text.focus();
  }

  askToHandIn() {
    const empty = [...this.fields].filter(([field, place]) => place.hasAttribute("data-required") && !this.exempt(field) && !this.read(field));
    const names = empty.map(([, place]) => place.querySelector("label, legend").firstChild.textContent.trim());
    if (!this.state.answered) names.push(this.room.querySelector("#part-answer").textContent);
    this.part("incomplete").hidden = names.length === 0;
    this.part("complete").hidden = names.length > 0;
    this.part("incomplete-list").replaceChildren(...names.map((name) => Object.assign(document.createElement("li"), { textContent: name })));
    this.dialog.returnValue = "";
    this.dialog.showModal();
  }

  show(name) {
    const tab = this.tabList.querySelector(`[data-section="${name}"]`);
    tab.click();
    return tab;
  }

  shown(name) {
    delete this.tabList.querySelector(`[data-section="${name}"]`).dataset.changed;
    this.tabList.closest(".room-side").scrollTop = 0;
  }

  // --- what the page shows

  refresh() {
    const { talking, answered, calledBack, over } = this.state;
    for (const field of this.fields.keys()) this.check(field);
    for (const field of ["complainant_name", "complainant_contact"]) this.fields.get(field).hidden = this.exempt(field);
    this.part("answer-early").hidden = !talking || answered || over;
    if (!this.playing) return;
    this.answerForm.querySelector("button[type=submit]").disabled = talking || answered || over;
    this.part("call-back").disabled = !answered || calledBack || talking || over;
    for (const button of this.room.querySelectorAll("[data-hand-in]")) button.disabled = talking || over;
    if (over) for (const input of this.room.querySelectorAll("[data-field] :is(input, select, textarea)")) input.disabled = true;
  }

  /** An anonymous complaint asks for neither name nor contact. */
  exempt(field) {
    return ["complainant_name", "complainant_contact"].includes(field) && this.read("anonymous") === "yes";
  }

  /** Only the sub-codes of the chosen nature can be chosen. */
  dependOnNature() {
    const nature = this.read("nature");
    for (const option of this.fields.get("sub_code").querySelectorAll("option[data-nature]")) option.hidden = Boolean(nature) && option.dataset.nature !== nature;
  }

  check(field) {
    const place = this.fields.get(field);
    const value = this.read(field);
    let code = "";
    if (!value && place.hasAttribute("data-required") && this.touched.has(field)) code = "missing";
    if (value && place.dataset.kind === "number" && !/^\d{1,12}(\.\d{1,2})?$/.test(value.replaceAll(",", ""))) code = "not_a_number";
    if (field === "occurred_at" && value && this.read("received_at") && value > this.read("received_at")) code = "after_receipt";
    const nature = this.read("nature");
    if (field === "sub_code" && value && nature && place.querySelector(`option[value="${value}"]`)?.dataset.nature !== nature) code = "wrong_sub_code";
    this.problem(field, code && this.words.get(code));
  }

  problem(field, words) {
    const place = this.fields.get(field);
    const said = place.querySelector("[data-problem]");
    said.textContent = words || "";
    said.hidden = !words;
    place.querySelector("input, select, textarea")?.setAttribute("aria-invalid", String(Boolean(words)));
  }

  read(field) {
    const place = this.fields.get(field);
    if (place.dataset.kind === "choices") return [...place.querySelectorAll("input:checked")].map((box) => box.value).join(",");
    if (place.dataset.kind === "switch") return place.querySelector("input").checked ? "yes" : "";
    return place.querySelector("input, select, textarea").value.trim();
  }

  write(field, value) {
    const place = this.fields.get(field);
    if (!place) return;
    if (place.dataset.kind === "choices") {
      const chosen = value.split(",");
      for (const box of place.querySelectorAll("input")) box.checked = chosen.includes(box.value);
    } else if (place.dataset.kind === "switch") place.querySelector("input").checked = value === "yes";
    else place.querySelector("input, select, textarea").value = value;
    if (field === "nature") this.dependOnNature();
  }

  status(state) {
    const place = this.part("desk-saved");
    if (!this.isOpen && state === "saved") return;
    place.dataset.state = state;
    const words = place.dataset[state] ?? "";
    if (place.textContent !== words) place.textContent = words;
  }
}
