// The room: puts the connection, the conversation, the field, the signs and the record together.

import { Clocks } from "./clocks.js";
import { Composer } from "./composer.js";
import { Console } from "./console.js";
import { Desk } from "./desk.js";
import { Outbox } from "./outbox.js";
import { Sheets, tabs } from "./panels.js";
import { Signs } from "./signs.js";
import { TimeLeft } from "./time_left.js";
import { RoomSocket } from "./socket.js";
import { Thread } from "./thread.js";
import { Watching } from "./watching.js";

const RETRY_MS = 2000;

const room = document.querySelector("[data-room]");
const session = room.dataset.session;
const playing = room.dataset.seat === "trainee";
const part = (name) => room.querySelector(`[data-${name}]`);

let position = 0; // the last one seen: where the next join begins
let sent = null; // the message that is on its way
let over = room.dataset.state !== "open";
let caughtUp = false; // nothing of the past is announced
let pausedAt = 0; // since when the conversation stands still
let stoodStill = 0; // for how many milliseconds it has stood still before

const outbox = new Outbox(session);
const signs = new Signs(room);
const timeLeft = new TimeLeft(room);
const sheets = new Sheets(room);
const socket = new RoomSocket(room.dataset.socket, () => position);
const thread = new Thread(room, { onResend: resend, onDiscard: discard });
const desk = new Desk(room, socket, { onTalk: talking, onChange: () => caughtUp && sheets.changed("record") });
const clocks = new Clocks(room, socket, { onChange: () => caughtUp && sheets.changed("record") });
const composer = playing ? new Composer(part("composer"), session, say) : null;
const watching = playing ? null : new Watching(room, thread);
const trainer = room.dataset.seat === "trainer" ? new Console(room, socket, thread, watching) : null;

// --- what the server says

socket.addEventListener("frame", ({ detail: frame }) => {
  const handlers = { joined, events: happened, acknowledged, refused, presence };
  handlers[frame.type]?.(frame);
});

socket.addEventListener("lost", ({ detail: { code, final } }) => {
  sent = null;
  desk.lost();
  trainer?.lost();
  thread.showTyping(false);
  if (final) part(code === 4401 ? "login-needed" : "gone").hidden = false;
  for (const message of outbox.messages.values()) if (!message.held) thread.state(message.id, "offline");
  connection("offline");
});

function joined(frame) {
  happened(frame);
  caughtUp = true;
  presence(frame);
  clocks.refresh();
  if (!playing) return connection("saved");
  sendNext();
  desk.flush();
}

function happened(frame) {
  for (const event of frame.events) show(event);
  signs.show(frame.signs);
  thread.showTyping(frame.pending > 0 && !over);
  position = Math.max(position, frame.position ?? 0);
}

function show(event) {
  signs.happened(event);
  timeLeft.happened(event);
  desk.happened(event);
  clocks.happened(event);
  if (["state_changed", "promise_made", "fact_told"].includes(event.kind) && caughtUp) sheets.changed("signs");
  switch (event.kind) {
    case "trainee_said": {
      const waiting = outbox.messages.get(event.client_id) ?? outbox.withText(event.data.text);
      thread.traineeSaid(event, waiting?.id);
      break;
    }
    case "customer_reworded":
      thread.reworded(event.data.of, event.data.text);
      break;
    case "customer_said":
      thread.customerSaid(event, { announce: caughtUp });
      break;
    case "escalated":
      if (event.data.rung > 0) thread.remark("escalated", event);
      break;
    case "whispered":
      thread.remark("whispered", event, event.data.text);
      if (playing && caughtUp) thread.announce(event.data.text);
      break;
    case "paused":
    case "resumed":
      thread.remark(event.kind, event);
      pause(event);
      break;
    case "contact_opened":
      thread.remark(event.data.purpose, event);
      break;
    case "contact_ended":
      if (pausedAt) pause(event);
      if (!desk.isOpen) end(event.data.outcome);
      break;
    case "session_ended":
      end(event.data.outcome);
      break;
  }
  watching?.happened(event);
  trainer?.happened(event);
}

function acknowledged(frame) {
  if (clocks.answered(frame.id) || desk.acknowledged(frame.id) || trainer?.acknowledged(frame.id)) return;
  const message = outbox.messages.get(frame.id);
  outbox.remove(frame.id);
  if (message) thread.traineeSaid({ position: frame.position, at: message.writtenAt, data: { text: message.text } }, frame.id);
  if (sent === frame.id) sent = null;
  sendNext();
}

function refused(frame) {
  if (clocks.refused(frame) || desk.refused(frame) || trainer?.refused(frame)) return;
  if (frame.id === undefined || !outbox.messages.has(frame.id)) {
    if (frame.message) notice(frame.message);
    return;
  }
  sent = null;
  if (frame.code === "rate_limited") {
    setTimeout(sendNext, RETRY_MS);
    return;
  }
  if (frame.code === "paused") {
    thread.state(frame.id, "paused");
    return connection("saved");
  }
  outbox.hold(frame.id);
  thread.state(frame.id, "failed", frame.message);
  sendNext();
}

/** Who else is in the room now. The one who plays always sees the names of those who watch. */
function presence(frame) {
  const names = frame.watching.map((person) => person.name);
  part("watching-names").textContent = new Intl.ListFormat(document.documentElement.lang).format(names);
  part("watching").hidden = names.length === 0;
}

// --- what the person does

function say(text) {
  const message = outbox.add(text, position);
  thread.waiting(message, socket.joined ? "sending" : "offline");
  sendNext();
}

function sendNext() {
  if (sent) return;
  const message = outbox.next();
  if (!message) return connection(socket.joined ? "saved" : "offline");
  if (pausedAt) return thread.state(message.id, "paused");
  if (!socket.send({ type: "say", id: message.id, text: message.text, seen: message.seen })) return connection("offline");
  sent = message.id;
  socket.expectAnswer();
  thread.state(message.id, "sending");
  connection("saving");
}

function resend(id) {
  outbox.release(id);
  thread.state(id, "sending");
  sendNext();
}

function discard(id) {
  const message = outbox.messages.get(id);
  outbox.remove(id);
  thread.discard(id);
  if (message && !over) composer.take(message.text);
}

const dialog = part("finish-dialog");
part("finish")?.addEventListener("click", () => {
  for (const words of dialog.querySelectorAll("[data-without-desk]")) words.hidden = desk.isOpen;
  dialog.querySelector("[data-with-desk]").hidden = !desk.isOpen;
  dialog.showModal();
});
part("to-desk")?.addEventListener("click", () => {
  sheets.open("record");
  desk.show("form").focus();
});
dialog?.addEventListener("close", () => {
  if (!["finish", "desk"].includes(dialog.returnValue)) return;
  if (dialog.returnValue === "desk") desk.open();
  dialog.returnValue = "";
  if (!socket.send({ type: "finish" })) notice(part("notice").dataset.offline);
});

const record = part("record");
if (record) tabs(record, (section) => playing && !over && socket.send({ type: "open_record", section }));

// --- what the page shows

function connection(state) {
  const place = part("connection");
  if (place.dataset.state === state) return;
  place.dataset.state = state;
  place.querySelector("[data-connection-words]").textContent = place.dataset[state];
}

function notice(words) {
  const place = part("notice");
  place.querySelector("[data-notice-words]").textContent = words;
  place.hidden = false;
}
part("close-notice").addEventListener("click", () => (part("notice").hidden = true));

/** The conversation stands still, or goes on: what was written meanwhile is sent then, and the clock shows only what was talked. */
function pause({ kind, at }) {
  if (kind === "paused") pausedAt = Date.parse(at);
  else {
    stoodStill += Date.parse(at) - pausedAt;
    pausedAt = 0;
  }
  if (part("pause-note")) part("pause-note").hidden = !pausedAt;
  if (playing && caughtUp && !pausedAt) sendNext();
}

/** A contact has begun or ended while the case is on the desk: one can talk only while there is somebody to talk to. */
function talking({ talking: open, over: handedIn, answered, calledBack }) {
  if (!playing || !desk.isOpen) return;
  for (const [name, hidden] of Object.entries({
    "desk-next": open || handedIn || answered || calledBack,
    "hand-in-head": open || handedIn,
    finish: !open,
  })) {
    if (part(name)) part(name).hidden = hidden; // a page of a case that was handed in has no buttons for it
  }
  if (open) composer?.open();
  else composer?.close();
  thread.showTyping(false);
  if (!open) thread.toEnd();
}

function end(outcome) {
  over = true;
  room.dataset.endedAt ||= new Date().toISOString();
  thread.showTyping(false);
  if (part("desk-next")) part("desk-next").hidden = true;
  if (part("hand-in-head")) part("hand-in-head").hidden = true;
  const place = part("ended");
  place.querySelectorAll("[data-outcome]").forEach((words) => (words.hidden = words.dataset.outcome !== outcome));
  place.hidden = false;
  composer?.close();
  timeLeft.stop();
  const finish = part("finish");
  if (finish) finish.hidden = true;
  thread.toEnd();
}

/** Minutes and seconds since the first word; stands still when the conversation is over. */
function tick() {
  const until = pausedAt || (room.dataset.endedAt ? Date.parse(room.dataset.endedAt) : Date.now());
  const seconds = Math.max(0, Math.floor((until - Date.parse(room.dataset.startedAt) - stoodStill) / 1000));
  const two = (number) => String(number).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  part("clock").textContent = `${hours ? `${hours}:` : ""}${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

for (const message of outbox.messages.values()) thread.waiting(message, "offline");
tick();
setInterval(tick, 1000);
socket.connect();
