// Small conveniences of every page, attached through data- attributes. Every page also works without them.

// A form is sent once, however often its button is pressed.
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    addEventListener("pageshow", () => delete form.dataset.sent, { once: true });
  });
}

// A choice in a filter sentence takes effect at once.
for (const field of document.querySelectorAll("[data-submit-on-change]")) {
  field.addEventListener("change", () => field.form.requestSubmit());
}

// A demo login fills the form.
for (const button of document.querySelectorAll("[data-fill-username]")) {
  button.addEventListener("click", () => {
    const form = document.querySelector("[data-login-form]");
    form.elements.username.value = button.dataset.fillUsername;
    form.elements.password.value = button.dataset.fillPassword;
    form.requestSubmit();
  });
}

// Print buttons.
for (const button of document.querySelectorAll("[data-print]")) {
  button.addEventListener("click", () => print());
}

// Opens and closes dialogs.
for (const button of document.querySelectorAll("[data-opens]")) {
  button.addEventListener("click", () => document.getElementById(button.dataset.opens).showModal());
}
for (const button of document.querySelectorAll("dialog [data-closes]")) {
  button.addEventListener("click", () => button.closest("dialog").close());
}

// On a narrow screen the navigation scrolls sideways; the page one is on is in view.
const here = document.querySelector(".nav [aria-current]");
if (here) {
  here.parentElement.scrollLeft = here.offsetLeft - here.parentElement.offsetLeft - 16;
}
