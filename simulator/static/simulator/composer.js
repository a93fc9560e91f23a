// The field one writes in. Enter sends, Shift+Enter starts a new line, and Enter that chooses a Chinese candidate does neither.

const LONGEST = 2000;

export class Composer {
  constructor(form, session, send) {
    this.form = form;
    this.field = form.querySelector("textarea");
    this.button = form.querySelector("button");
    this.tooLong = form.querySelector("[data-too-long]");
    this.key = `tingsu:draft:${session}`;
    this.send = send;
    this.composing = false;
    this.field.value = localStorage.getItem(this.key) ?? "";
    this.field.addEventListener("compositionstart", () => (this.composing = true));
    this.field.addEventListener("compositionend", () => (this.composing = false));
    this.field.addEventListener("input", () => this.changed());
    this.field.addEventListener("keydown", (event) => this.pressed(event));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.changed();
  }

  pressed(event) {
    // 229: Safari ends the composition before it reports the Enter that ended it.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || this.composing || event.keyCode === 229) return;
    event.preventDefault();
    this.submit();
  }

  submit() {
    const text = this.field.value.trim();
    if (!text || [...text].length > LONGEST || this.field.disabled) return;
    this.field.value = "";
    this.changed();
    this.send(text);
    this.field.focus();
  }

  changed() {
    const text = this.field.value;
    if (text) localStorage.setItem(this.key, text);
    else localStorage.removeItem(this.key);
    const tooLong = [...text.trim()].length > LONGEST;
    this.tooLong.hidden = !tooLong;
    this.button.disabled = tooLong || !text.trim();
    this.field.style.height = "auto";
    this.field.style.height = `${this.field.scrollHeight}px`; // the style sheet stops it at six lines
  }

  /** Put words that came back (refused, or offered) into the field, without losing what stands there. */
  take(text) {
    this.field.value = this.field.value ? `${this.field.value}\n${text}` : text;
    this.changed();
    this.field.focus();
  }

  open() {
    this.form.hidden = false;
    this.field.disabled = false;
    this.changed();
  }

  close() {
    this.form.hidden = true;
    this.field.disabled = true;
    localStorage.removeItem(this.key);
  }
}
