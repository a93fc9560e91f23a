"""Fine lines of the kind that banknotes have, as SVG path data. Pure."""

from __future__ import annotations

from math import cos, pi, sin


def rosette(centre: tuple[float, float], radius: float, petals: int, depth: float, turns: int = 1, steps: int = 720) -> str:
    """A closed curve around `centre` whose distance swings `petals` times in `turns` turns between `radius` and `radius` − `depth`."""
    points = []
    for step in range(steps):
        angle = 2 * pi * turns * step / steps
        distance = radius - depth * (1 - cos(petals * angle / turns)) / 2
        points.append(f"{centre[0] + distance * cos(angle):.2f} {centre[1] + distance * sin(angle):.2f}")
    return "M" + "L".join(points) + "Z"


def waves(width: float, height: float, inset: float, swing: float, length: float, phases: int) -> list[str]:
    """`phases` interlaced waves that run along the four sides of a frame, `inset` from the edge; each side holds whole waves."""
    paths = []
    sides = [
        ((inset, inset), (1, 0), width - 2 * inset),
        ((width - inset, inset), (0, 1), height - 2 * inset),
        ((width - inset, height - inset), (-1, 0), width - 2 * inset),
        ((inset, height - inset), (0, -1), height - 2 * inset),
    ]
    for phase in range(phases):
        points = []
        for (x, y), (dx, dy), side in sides:
            count = max(1, round(side / length))
            steps = count * 12
            for step in range(steps + 1):
                along = side * step / steps
                off = (
                    swing
                    * sin(2 * pi * count * step / steps + 2 * pi * phase / phases)
                    * min(1, 40 * step / steps, 40 * (steps - step) / steps)
                )
                points.append(f"{x + dx * along - dy * off:.2f} {y + dy * along + dx * off:.2f}")
        paths.append("M" + "L".join(points) + "Z")
    return paths


def star(centre: tuple[float, float], radius: float) -> str:
    """A five-pointed star, one point up."""
    points = []
    for corner in range(10):
        angle = -pi / 2 + corner * pi / 5
        distance = radius if corner % 2 == 0 else radius * 0.382
        points.append(f"{centre[0] + distance * cos(angle):.2f} {centre[1] + distance * sin(angle):.2f}")
    return "M" + "L".join(points) + "Z"
