// Rooms as live tiles. Whoever needs somebody comes to the front and says why; words stand in the page.

const SHORT = 60;

export function clockWords(seconds) {
  const two = (number) => String(number).padStart(2, "0");
  const whole = Math.max(0, Math.floor(seconds));
  const hours = Math.floor(whole / SHORT / SHORT);
  const minutes = Math.floor(whole / SHORT) % SHORT;
  return `${hours ? `${hours}:${two(minutes)}` : minutes}:${two(whole % SHORT)}`;
}

export function wordsIn(place, selector) {
  const found = place.querySelector(selector);
  return new Map([...(found?.content.children ?? [])].map((word) => [word.dataset.word, word.textContent]));
}

export class Grid {
  constructor(place) {
    this.list = place.querySelector("[data-grid]");
    if (!this.list) return;
    this.template = place.querySelector("[data-tile-template]");
    this.status = place.querySelector("[data-grid-status]");
    this.empty = place.querySelector("[data-grid-empty]");
    this.words = wordsIn(place, "[data-grid-words]");
    this.tiles = new Map();
    this.needs = new Map();
    this.fresh = true;
    setInterval(() => this.tick(), 1000);
  }

  /** A frame of the kind `tiles`: what has changed, and the order of all. */
  show({ tiles, order }) {
    if (!this.list) return;
    if (this.fresh) this.list.replaceChildren();
    for (const tile of tiles) this.draw(tile);
    const there = new Set(order);
    for (const [session, { element }] of this.tiles) {
      if (there.has(session)) continue;
      element.remove();
      this.tiles.delete(session);
    }
    this.arrange(order);
    if (this.empty) this.empty.hidden = order.length > 0;
    this.announce(tiles);
    this.fresh = false;
    this.tick();
  }

  /** Moving an element takes the focus from it, so it is given back. */
  arrange(order) {
    const focused = this.list.contains(document.activeElement) ? document.activeElement : null;
    order.forEach((session, place) => {
      const { element } = this.tiles.get(session) ?? {};
      if (element && this.list.children[place] !== element) this.list.insertBefore(element, this.list.children[place] ?? null);
    });
    if (focused && document.activeElement !== focused) focused.focus({ preventScroll: true });
  }

  draw(tile) {
    let entry = this.tiles.get(tile.session);
    if (!entry) {
      const element = this.template.content.firstElementChild.cloneNode(true);
      element.dataset.session = tile.session;
      entry = { element };
      this.tiles.set(tile.session, entry);
    }
    entry.tile = tile;
    const part = (name) => entry.element.querySelector(`[data-${name}]`);
    const over = tile.state !== "open";
    entry.element.dataset.over = String(over);
    entry.element.dataset.needs = tile.needs[0] ?? "";
    part("name").textContent = tile.name;
    const mood = part("mood");
    mood.hidden = !tile.band;
    if (tile.band) {
      mood.dataset.band = tile.band;
      mood.querySelector("use").setAttribute("href", `#mood-${tile.band}`);
      part("mood-word").textContent = this.words.get(`band:${tile.band}`) ?? tile.band;
    }
    const why = entry.element.querySelector(".tile-needs");
    why.hidden = tile.needs.length === 0;
    why.textContent = tile.needs.map((code) => this.reason(code, tile)).join(" · ");
    const last = part("last");
    last.hidden = !tile.last;
    if (tile.last) {
      part("last-by").textContent = this.words.get(`by:${tile.last.by}`) ?? "";
      part("last-text").textContent = tile.last.text;
      part("last-text").lang = tile.language;
    }
    const watch = part("watch");
    watch.href = over ? `/role-plays/${tile.session}/debrief/` : `/role-plays/${tile.session}/`;
    watch.setAttribute("aria-label", this.words.get("watch").replace("{name}", tile.name));
  }

  reason(code, tile) {
    const crossed = this.words.get(`act:${tile.crossed}`) ?? this.words.get(`act:${tile.crossed.split(".")[0]}`) ?? tile.crossed;
    return (this.words.get(`needs:${code}`) ?? code).replace("{what}", crossed);
  }

  facts(tile) {
    const now = Date.now();
    const found = [this.words.get("turn").replace("{n}", tile.turn)];
    if (tile.red_lines) found.push(this.words.get("red_lines").replace("{n}", tile.red_lines));
    if (tile.state !== "open") return [this.words.get(`outcome:${tile.outcome}`) ?? this.words.get("over"), ...found];
    if (tile.waiting_since) found.push(this.words.get("waiting").replace("{time}", clockWords((now - Date.parse(tile.waiting_since)) / 1000)));
    if (tile.ends_at) found.push(this.words.get("left").replace("{time}", clockWords((Date.parse(tile.ends_at) - now) / 1000)));
    return found;
  }

  tick() {
    for (const { element, tile } of this.tiles.values()) element.querySelector("[data-facts]").textContent = this.facts(tile).join(" · ");
  }

  /** Only a room that has come to need somebody is spoken of. */
  announce(tiles) {
    const news = [];
    for (const tile of tiles) {
      const first = tile.needs[0] ?? "";
      if (first && !this.fresh && this.needs.get(tile.session) !== first) news.push(`${tile.name}: ${this.reason(first, tile)}`);
      this.needs.set(tile.session, first);
    }
    if (news.length && this.status) this.status.textContent = news.join(". ");
  }
}
