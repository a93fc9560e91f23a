// Keeps the list of running role-plays fresh without moving the page under the reader.

const EVERY_MS = 4000;
const list = document.querySelector("[data-live-list]");

async function refresh() {
  if (document.visibilityState !== "visible") return;
  try {
    const answer = await fetch(list.dataset.liveList, { headers: { "X-Requested-With": "fetch" } });
    list.dataset.fresh = String(answer.ok);
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-live-list]");
    if (fresh && fresh.innerHTML !== list.innerHTML && !list.contains(document.activeElement)) list.innerHTML = fresh.innerHTML;
  } catch {
    list.dataset.fresh = "false";
  }
}

setInterval(refresh, EVERY_MS);
document.addEventListener("visibilitychange", refresh);
