// Plays a finished conversation again. Without a script the page shows all of it.

const page = document.querySelector("[data-replay]");
const part = (name) => page.querySelector(`[data-${name}]`);
const steps = [...page.querySelectorAll("[data-step]")];
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const play = part("play");
const words = { play: play.textContent, pause: play.dataset.pause };
let now = steps.length;
let timer = null;

/** Show the first `count` lines; the last of them is the one that is being said. */
function show(count, { follow = true, aloud = false } = {}) {
  now = Math.min(Math.max(count, 1), steps.length);
  steps.forEach((step, index) => {
    step.hidden = index >= now;
    step.dataset.now = String(index === now - 1);
  });
  part("slider").value = now;
  part("place").textContent = part("place").dataset.words.replace("{n}", now).replace("{all}", steps.length);
  const { stepBand: band, bandWords } = steps[now - 1].dataset;
  const mood = part("mood");
  mood.hidden = !band;
  mood.dataset.band = band;
  if (band) mood.querySelector("use").setAttribute("href", `#mood-${band}`);
  part("mood-word").textContent = bandWords;
  if (aloud) part("said").textContent = steps[now - 1].querySelector(".said").textContent;
  if (follow) steps[now - 1].scrollIntoView({ block: "nearest", behavior: calm.matches ? "auto" : "smooth" });
}

function pause() {
  clearTimeout(timer);
  timer = null;
  play.textContent = words.play;
}

function start() {
  if (now >= steps.length) show(1);
  play.textContent = words.pause;
  next();
}

function next() {
  if (now >= steps.length) return pause();
  const speed = Number(page.querySelector("[name=speed]:checked").value);
  timer = setTimeout(() => {
    show(now + 1, { aloud: true });
    next();
  }, Number(steps[now].dataset.wait) / speed);
}

function go(count) {
  pause();
  show(count, { aloud: true });
}

if (steps.length) {
  part("controls").hidden = false;
  show(steps.length, { follow: false });
  play.addEventListener("click", () => (timer ? pause() : start()));
  part("back").addEventListener("click", () => go(now - 1));
  part("forward").addEventListener("click", () => go(now + 1));
  part("slider").addEventListener("input", (event) => go(Number(event.target.value)));
  for (const speed of page.querySelectorAll("[name=speed]")) {
    speed.addEventListener("change", () => {
      if (!timer) return;
      clearTimeout(timer);
      next();
    });
  }
  for (const point of page.querySelectorAll("[data-go-to-turn]")) {
    point.addEventListener("click", (event) => {
      event.preventDefault();
      go(steps.findIndex((step) => step.id === `turn-${point.dataset.goToTurn}`) + 1);
    });
  }
  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.target.closest("input, textarea, select, a")) return;
    if (event.key === " " && !event.target.closest("button, summary")) {
      event.preventDefault();
      timer ? pause() : start();
    } else if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      event.preventDefault();
      go(now + (event.key === "ArrowRight" ? 1 : -1));
    }
  });
}
