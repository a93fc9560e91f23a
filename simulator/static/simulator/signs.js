// The mood panel of a practice: the customer's mood as shape and word, its way so far, what helped and what hurt,
// what came out, what was promised, and one hint. Every word stands in the page.

export class Signs {
  constructor(room) {
    this.panel = room.querySelector("[data-signs]");
    if (!this.panel) return;
    this.curve = this.panel.querySelector("[data-curve]");
    this.words = new Map([...this.panel.querySelector("template[data-words]").content.children].map((word) => [word.dataset.word, word.textContent]));
    this.lists = Object.fromEntries([...this.panel.querySelectorAll("[data-list]")].map((list) => [list.dataset.list, list]));
    this.moods = new Map();
    this.everHelped = new Set();
  }

  /** One event of the log; only a change of the customer concerns the panel. */
  happened({ kind, data, position }) {
    if (!this.panel || kind !== "state_changed") return;
    this.moods.set(position, { mood: data.mood, band: data.band });
    for (const name of data.helped ?? []) this.everHelped.add(name.split(".")[0]);
    this.draw();
  }

  /** The live signs that came with a message: all that was told and promised, and what the last turn did. */
  show(signs) {
    if (!this.panel) return;
    this.face(signs.mood, signs.band);
    this.fill("helped", signs.helped.map((name) => this.words.get(`act:${name}`)));
    this.fill("hurt", signs.hurt.map((name) => this.words.get(`act:${name}`)));
    this.fill("told", signs.told);
    this.fill("promised", signs.promised);
    this.hint(signs);
  }

  draw() {
    const points = [...this.moods].sort((one, other) => one[0] - other[0]).map((entry) => entry[1]);
    if (!points.length) return;
    this.curve.replaceChildren(
      ...points.map((point) => {
        const bar = document.createElement("li");
        bar.dataset.mood = point.mood;
        bar.dataset.band = point.band;
        bar.textContent = this.words.get(`band:${point.band}`) ?? "";
        return bar;
      }),
    );
    const last = points.at(-1);
    this.face(last.mood, last.band);
  }

  face(mood, band) {
    if (!band) return;
    this.panel.dataset.band = band;
    this.panel.dataset.mood = mood;
    const word = this.panel.querySelector("[data-mood-word]");
    const said = this.words.get(`band:${band}`) ?? band;
    if (word.textContent !== said) word.textContent = said;
    this.panel.querySelector("[data-mood-shape] use").setAttribute("href", `#mood-${band}`);
  }

  fill(name, texts) {
    const list = this.lists[name];
    const items = [...new Set(texts)].filter(Boolean).map((text) => {
      const item = document.createElement("li");
      item.textContent = text;
      return item;
    });
    list.replaceChildren(...items);
    list.closest("[data-section]").hidden = items.length === 0;
  }

  /** The first thing of the usual order of a good conversation that is still missing. */
  hint(signs) {
    const helped = this.everHelped;
    let code = "closing";
    if (signs.mood >= 4 && !helped.has("empathy")) code = "feeling";
    else if (!helped.has("empathy") && !helped.has("apology") && !helped.has("active_listening")) code = "listen";
    else if (!signs.told.length) code = "ask";
    else if (!helped.has("confirm_facts")) code = "confirm";
    else if (!helped.has("offer_solution") && !helped.has("take_action")) code = "offer";
    else if (!signs.promised.length) code = "time";
    const place = this.panel.querySelector("[data-hint]");
    const words = this.words.get(`hint:${code}`);
    if (place.textContent !== words) place.textContent = words;
  }
}
