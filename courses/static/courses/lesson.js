/* A check question is sent and answered in place. Without this file it works by whole pages. */

async function answerInPlace(event) {
  const form = event.target;
  const question = form.closest("[data-check]");
  if (!question) return;
  event.preventDefault();
  const button = form.querySelector("button[type=submit]");
  const failed = form.querySelector("[data-failed]");
  button.disabled = true;
  failed.hidden = true;
  try {
    const response = await fetch(form.getAttribute("action"), { // form.action is the field of that name
      method: "POST",
      body: new FormData(form),
      headers: { "X-Requested-With": "fetch" },
    });
    const html = response.ok || response.status === 422 ? await response.text() : "";
    const next = new DOMParser().parseFromString(html, "text/html").querySelector("[data-check]");
    if (!next) throw new Error(`unexpected answer ${response.status}`);
    question.replaceWith(next);
    next.focus({ preventScroll: true });
  } catch {
    button.disabled = false;
    failed.hidden = false;
  }
}

document.addEventListener("submit", answerInPlace);
