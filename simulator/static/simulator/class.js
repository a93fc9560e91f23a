// The page of a class: who is in the lobby, the start, the time that is left, and the grid for whoever watches.

import { Grid, clockWords, wordsIn } from "./grid.js";
import { RoomSocket } from "./socket.js";

const page = document.querySelector("[data-class]");
const part = (name) => page.querySelector(`[data-${name}]`);
const words = wordsIn(page, "[data-lobby-words]");
const grid = new Grid(page);
const socket = new RoomSocket(page.dataset.socket, () => 0);
let endsAt = null;

socket.addEventListener("frame", ({ detail: frame }) => {
  part("offline").hidden = true;
  if (frame.type === "class") lobby(frame);
  if (frame.type === "tiles") grid.show(frame);
});
socket.addEventListener("lost", ({ detail: { final } }) => (part("offline").hidden = final));

function lobby(frame) {
  endsAt = frame.ends_at && Date.parse(frame.ends_at);
  tick();
  people(frame.people);
  if (frame.state === page.dataset.state) return;
  const before = page.dataset.state;
  page.dataset.state = frame.state;
  if (page.dataset.enters && frame.state === "running" && before === "scheduled") {
    // The room is open: go there. Without one of one's own yet, the form asks for it.
    if (frame.room) location.assign(`/role-plays/${frame.room}/`);
    else part("enter")?.requestSubmit();
    return;
  }
  if (document.querySelector("dialog[open]")) part("changed").hidden = false;
  else location.reload();
}

function people(everybody) {
  const list = part("lobby");
  if (!list) return;
  const items = everybody.map((person) => {
    const item = document.createElement("li");
    item.dataset.here = person.here ? "yes" : "no";
    const name = document.createElement("span");
    name.textContent = person.name;
    const state = document.createElement("span");
    state.className = "soft small";
    const here = words.get(person.here ? "here" : person.arrived ? "left" : "away");
    state.textContent = person.seat === "observer" ? `${words.get("observer")} · ${here}` : here;
    item.append(name, " ", state);
    return item;
  });
  list.replaceChildren(...items);
  const there = everybody.filter((person) => person.here).length;
  part("here-count").textContent = words.get("count").replace("{here}", there).replace("{all}", everybody.length);
}

function tick() {
  const left = part("class-left");
  left.hidden = !endsAt || page.dataset.state !== "running";
  if (!left.hidden) left.textContent = words.get("time_left").replace("{time}", clockWords((endsAt - Date.now()) / 1000));
}

setInterval(tick, 1000);
if (["scheduled", "running"].includes(page.dataset.state)) socket.connect();
