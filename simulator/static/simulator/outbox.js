// What has been written and is not yet known to be on the server's disk. It survives a reload: one key a message in
// localStorage, so that two tabs never overwrite each other. Sending the same id twice changes nothing on the server.

/** A version 4 UUID; crypto.randomUUID is missing where the page does not come over HTTPS. */
export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

export class Outbox {
  constructor(session) {
    this.prefix = `tingsu:unsent:${session}:`;
    this.messages = new Map();
    for (const key of Object.keys(localStorage).filter((name) => name.startsWith(this.prefix))) {
      const message = JSON.parse(localStorage.getItem(key));
      this.messages.set(message.id, message);
    }
    this.messages = new Map([...this.messages].sort((one, other) => one[1].writtenAt - other[1].writtenAt));
  }

  add(text, seen) {
    const message = { id: newId(), text, seen, writtenAt: Date.now() };
    this.messages.set(message.id, message);
    this.keep(message);
    return message;
  }

  keep(message) {
    try {
      localStorage.setItem(this.prefix + message.id, JSON.stringify(message));
    } catch {
      // The store is full or forbidden: the message still waits in this tab.
    }
  }

  /** Refused for good: it stays on the page until the person resends or discards it, but is not sent by itself. */
  hold(id) {
    const message = this.messages.get(id);
    if (message) message.held = true;
    return message;
  }

  release(id) {
    const message = this.messages.get(id);
    if (message) message.held = false;
  }

  remove(id) {
    this.messages.delete(id);
    localStorage.removeItem(this.prefix + id);
  }

  /** The oldest message to send, or undefined. One at a time keeps the order of writing. */
  next() {
    return [...this.messages.values()].find((message) => !message.held);
  }

  /** The oldest waiting message with exactly these words. */
  withText(text) {
    return [...this.messages.values()].find((message) => message.text === text);
  }

  get empty() {
    return !this.next();
  }
}
