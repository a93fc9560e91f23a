// The room's connection: joins, notices when it is gone, and comes back with the last position it has seen.

const FIRST_WAIT_MS = 400;
const LONGEST_WAIT_MS = 15000;
const ANSWER_WAIT_MS = 10000;
const FINAL_CODES = new Set([4401, 4404]);

export class RoomSocket extends EventTarget {
  /** `position` is asked at every join, so a reconnect gets what it missed and nothing twice. */
  constructor(path, position) {
    super();
    this.address = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${path}`;
    this.position = position;
    this.wait = FIRST_WAIT_MS;
    this.joined = false;
    window.addEventListener("online", () => this.connect());
    window.addEventListener("offline", () => this.lose());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.connect());
  }

  connect() {
    if (this.socket || this.over) return;
    clearTimeout(this.timer);
    const socket = new WebSocket(this.address);
    this.socket = socket;
    socket.addEventListener("open", () => {
      this.transmit({ type: "join", after: this.position() });
      this.expectAnswer();
    });
    socket.addEventListener("message", (message) => socket === this.socket && this.receive(JSON.parse(message.data)));
    socket.addEventListener("close", (close) => {
      if (socket !== this.socket) return;
      if (FINAL_CODES.has(close.code)) this.over = true;
      this.lose(close.code);
    });
  }

  receive(frame) {
    clearTimeout(this.answerTimer);
    if (["joined", "class", "tiles"].includes(frame.type)) {
      this.joined = true;
      this.wait = FIRST_WAIT_MS;
    }
    this.dispatchEvent(new CustomEvent("frame", { detail: frame }));
  }

  /** Send `frame` if the room has been joined; says whether it was sent. */
  send(frame) {
    if (!this.joined) return false;
    this.transmit(frame);
    return true;
  }

  transmit(frame) {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(frame));
  }

  /** A connection that looks open but answers nothing is as good as lost. */
  expectAnswer() {
    clearTimeout(this.answerTimer);
    this.answerTimer = setTimeout(() => this.lose(), ANSWER_WAIT_MS);
  }

  lose(code) {
    clearTimeout(this.answerTimer);
    clearTimeout(this.timer);
    const socket = this.socket;
    this.socket = null;
    this.joined = false;
    if (socket && socket.readyState < WebSocket.CLOSING) socket.close();
    if (!this.over) {
      this.timer = setTimeout(() => this.connect(), this.wait * (0.75 + Math.random() / 2));
      this.wait = Math.min(this.wait * 2, LONGEST_WAIT_MS);
    }
    this.dispatchEvent(new CustomEvent("lost", { detail: { code, final: Boolean(this.over) } }));
  }
}
