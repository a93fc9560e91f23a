// What a person who watches sees beside the conversation: the acts that were read in each line, and who speaks for the customer.

export class Watching {
  constructor(room, thread) {
    this.thread = thread;
    this.room = room;
    this.words = new Map();
    for (const template of room.querySelectorAll("template[data-words], template[data-console-words]")) {
      for (const word of template.content.children) this.words.set(word.dataset.word, word.textContent);
    }
  }

  happened(event) {
    switch (event.kind) {
      case "acts_read":
        this.chips(event);
        break;
      case "driver_changed":
        this.room.dataset.driver = event.data.driver;
        this.thread.remark(event.data.driver === "trainer" ? "seat_taken" : "handed_back", event);
        break;
      case "contact_ended":
        this.room.dataset.driver = "engine";
        break;
      case "nudged":
      case "injected":
      case "bookmarked":
        this.thread.remark(event.kind, event, event.data.reason ?? event.data.text ?? event.data.note);
        break;
    }
  }

  /** The acts in a line of the trainee, under it. */
  chips({ position, data }) {
    const bubble = this.before("trainee", position);
    if (!bubble || bubble.querySelector(".read-acts")) return;
    const list = document.createElement("ul");
    list.className = "read-acts";
    list.lang = document.documentElement.lang;
    const words = bubble.querySelector("[data-text]").textContent;
    const named = new Map();
    for (const act of data.acts) {
      const name = act.kind ? `${act.code}.${act.kind}` : act.code;
      const said = [...words].slice(act.start, act.end).join("");
      named.set(name, [...(named.get(name) ?? []), said]);
    }
    for (const [name, quotes] of named) {
      const chip = document.createElement("li");
      chip.lang = this.thread.list.lang; // of the words it quotes; its own are in the language of the page
      chip.title = quotes.join(" · ");
      const called = document.createElement("span");
      called.lang = list.lang;
      called.textContent = this.word(`act:${name}`) ?? this.word(`act:${name.split(".")[0]}`) ?? name;
      chip.append(called);
      list.append(chip);
    }
    if (!named.size && this.word("nothing_read")) {
      const none = document.createElement("li");
      none.textContent = this.word("nothing_read");
      list.append(none);
    }
    bubble.append(list);
  }

  word(code) {
    return this.words.get(code);
  }

  /** The last bubble of somebody before a position. */
  before(sort, position) {
    return [...this.thread.list.querySelectorAll(`.bubble-${sort}[data-position]`)].filter((one) => Number(one.dataset.position) < position).at(-1);
  }
}
