// The debrief reads without a script; this adds copying a better line and opening the notes a link points to.

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const line = document.getElementById(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(line.textContent.trim());
    } catch {
      // Without HTTPS the browser keeps its clipboard to itself: select the words, so that copying is one key away.
      const range = document.createRange();
      range.selectNodeContents(line);
      getSelection().removeAllRanges();
      getSelection().addRange(range);
      document.execCommand("copy");
    }
    button.textContent = button.dataset.copied;
  });
}

function show() {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  for (const details of target.querySelectorAll("details[data-open-when-linked]")) details.open = true;
  target.scrollIntoView({ block: "center" });
}

addEventListener("hashchange", show);
show();
