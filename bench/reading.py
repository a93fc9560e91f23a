"""How long reading one utterance takes, by its length, in one thread."""

from __future__ import annotations

import statistics
import time

from simulator import nlu

CHINESE = "您好，我是投诉专员小王，工号1024。这笔年费被扣了两次，换成我也会着急，请问是哪一天扣的？我马上帮您查。"
ENGLISH = "I am sorry we failed to call you back. Which day was it, please? "
SAMPLES = {
    "60 characters, Chinese": CHINESE,
    "60 characters, English": ENGLISH,
    "200 characters, Chinese": CHINESE * 4,
    "200 characters, English": ENGLISH * 3,
}
ROUNDS = 300


def run() -> list[dict[str, float | str]]:
    rows = []
    print(f"{'text':28} {'mean ms':>8} {'p95 ms':>8}")
    for name, text in SAMPLES.items():
        nlu.read(text)
        taken = []
        for number in range(ROUNDS):
            # A different tail each time, so that nothing can be remembered from the round before.
            started = time.perf_counter()
            nlu.read(f"{text}{number}")
            taken.append((time.perf_counter() - started) * 1000)
        mean, p95 = statistics.fmean(taken), statistics.quantiles(taken, n=20)[-1]
        rows.append({"text": name, "mean_ms": round(mean, 3), "p95_ms": round(p95, 3)})
        print(f"{name:28} {mean:8.2f} {p95:8.2f}")
    return rows
