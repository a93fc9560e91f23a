// How much time the conversation has left, where it has a limit. Said aloud when five minutes and one minute are left.

import { clockWords } from "./grid.js";

const SAID_AT = [300, 60];

export class TimeLeft {
  constructor(room) {
    this.place = room.querySelector("[data-time-left]");
    this.words = room.querySelector("[data-time-left-words]");
    this.status = room.querySelector("[data-time-left-status]");
    this.said = new Set();
    if (this.place) setInterval(() => this.tick(), 1000);
  }

  happened({ kind, at, data }) {
    if (kind !== "time_limit_set") return;
    this.endsAt = Date.parse(at) + data.seconds * 1000;
    this.said.clear();
    this.tick();
  }

  stop() {
    this.over = true;
    if (this.place) this.place.hidden = true;
  }

  tick() {
    if (!this.endsAt || this.over || !this.place) return;
    const left = Math.max(0, Math.ceil((this.endsAt - Date.now()) / 1000));
    this.place.hidden = false;
    this.place.dataset.soon = String(left <= SAID_AT.at(-1));
    this.words.textContent = clockWords(left);
    for (const mark of SAID_AT) {
      if (left > mark || left < mark - 5 || this.said.has(mark)) continue;
      this.said.add(mark);
      this.status.textContent = this.place.textContent.trim();
    }
  }
}
