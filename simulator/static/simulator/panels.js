// The side columns: tabs of the bank's record, and on a narrow screen two sheets behind two buttons.

export function tabs(root, onOpen) {
  const all = [...root.querySelectorAll("[role=tab]")];
  const choose = (tab, { focus = false } = {}) => {
    for (const other of all) {
      const chosen = other === tab;
      other.setAttribute("aria-selected", String(chosen));
      other.tabIndex = chosen ? 0 : -1;
      document.getElementById(other.getAttribute("aria-controls")).hidden = !chosen;
    }
    if (focus) tab.focus();
    onOpen(tab.dataset.section);
  };
  for (const [index, tab] of all.entries()) {
    tab.addEventListener("click", () => choose(tab));
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      choose(all.at((index + step) % all.length), { focus: true });
    });
  }
}

export class Sheets {
  constructor(room) {
    this.buttons = [...room.querySelectorAll("[data-sheet]")];
    for (const button of this.buttons) button.addEventListener("click", () => this.toggle(button));
    for (const close of room.querySelectorAll("[data-close-sheet]")) close.addEventListener("click", () => this.closeAll({ focus: true }));
    room.addEventListener("keydown", (event) => event.key === "Escape" && this.closeAll({ focus: true }));
  }

  sheet(button) {
    return document.getElementById(button.getAttribute("aria-controls"));
  }

  /** Open the sheet of this name, where the screen is so narrow that it is one. */
  open(name) {
    const button = this.buttons.find((one) => one.dataset.sheet === name);
    if (button.offsetParent && button.getAttribute("aria-expanded") !== "true") this.toggle(button);
  }

  toggle(button) {
    const open = button.getAttribute("aria-expanded") === "true";
    this.closeAll();
    if (open) return;
    button.setAttribute("aria-expanded", "true");
    delete button.dataset.changed;
    const sheet = this.sheet(button);
    sheet.dataset.open = "";
    sheet.querySelector("[data-close-sheet]").focus();
  }

  closeAll({ focus = false } = {}) {
    for (const button of this.buttons) {
      if (focus && button.getAttribute("aria-expanded") === "true") button.focus();
      button.setAttribute("aria-expanded", "false");
      delete this.sheet(button).dataset.open;
    }
  }

  /** Put a dot on the button of a sheet whose content has changed while it was closed. */
  changed(name) {
    const button = this.buttons.find((one) => one.dataset.sheet === name);
    if (button && button.getAttribute("aria-expanded") !== "true") button.dataset.changed = "";
  }
}
