// All open rooms of the trainer's organisations as live tiles.

import { Grid } from "./grid.js";
import { RoomSocket } from "./socket.js";

const page = document.querySelector("[data-running]");
const grid = new Grid(page);
const socket = new RoomSocket(page.dataset.socket, () => 0);
const list = page.querySelector("[data-grid]");

socket.addEventListener("frame", ({ detail: frame }) => {
  list.dataset.fresh = "true";
  if (frame.type === "tiles") grid.show(frame);
});
socket.addEventListener("lost", () => (list.dataset.fresh = "false"));
socket.connect();
