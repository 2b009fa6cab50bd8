"""Curves of what was measured, as SVG: where a table says less than a picture."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import MostradorError
from runtime.bench import Result
from runtime.trace import STAGES, percentile

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BLUE, ORANGE, GREY = "#1f5fa8", "#d9822b", "#8a8f98"
NAMES = {
    "pause": "pause until the turn is over",
    "stt": "recognition",
    "plan": "understanding and plan",
    "commit": "side effects",
    "first_sound": "first sound",
}


def draw(result: Result, folder: Path) -> Path | None:
    """Write `bench-NAME.svg` into `folder`; None for a bench that has no picture. Raises MostradorError."""
    paint = _PICTURES.get(result.bench)
    if paint is None:
        return None
    try:
        import matplotlib as mpl
    except ImportError as error:
        raise MostradorError("bench.plots", "plots need matplotlib: pip install matplotlib") from error
    mpl.use("svg")
    from matplotlib import pyplot

    mpl.rcParams |= {"svg.fonttype": "none", "svg.hashsalt": "mostrador", "font.family": "sans-serif", "font.size": 10}
    width, panels = (10.0, 2) if result.bench == "latency" else (6.5, 1)
    figure, axes = pyplot.subplots(1, panels, figsize=(width, 3.4), layout="constrained", squeeze=False)
    paint(list(axes[0]), result.samples)
    figure.supxlabel(", ".join(result.machine.values()), fontsize=7, color=GREY)
    target = folder / f"bench-{result.bench}.svg"
    folder.mkdir(parents=True, exist_ok=True)
    figure.savefig(target, metadata={"Date": None})
    pyplot.close(figure)
    return target


def _latency(axes: "Sequence[Axes]", samples: dict[str, list[float]]) -> None:
    """How the delays are spread, and where the time goes."""
    left, right = axes
    delays = sorted(samples["delay"])
    left.step(delays, [100 * (n + 1) / len(delays) for n in range(len(delays))], where="post", color=BLUE)
    for bar, name in ((0.8, "p50: 0.8 s"), (1.3, "p95: 1.3 s")):
        left.axvline(bar, color=ORANGE, linestyle=":")
        left.annotate(name, (bar, 3), rotation=90, fontsize=8, color=ORANGE, ha="right")
    left.set(xlabel="s from the end of speech to the first sound", ylabel="% of answers", ylim=(0, 101))
    left.set_xlim(left=0)
    stages = [stage for stage in STAGES if f"{stage} takes" in samples]
    for row, stage in enumerate(stages):
        start, takes = (percentile(samples[f"{stage} {what}"], 0.5) for what in ("from", "takes"))
        long = percentile(samples[f"{stage} takes"], 0.95)
        right.barh(row, takes, left=start, color=BLUE, height=0.55)
        right.plot([start + takes, start + max(long, takes)], [row, row], color=GREY)
    right.set_yticks(range(len(stages)), [NAMES[stage] for stage in stages])
    right.invert_yaxis()
    right.set(xlabel="s after the last word: p50, and on to p95")
    right.set_xlim(left=0)


def _calls(axes: "Sequence[Axes]", samples: dict[str, list[float]]) -> None:
    """Latency against the number of calls."""
    levels = {int(name.split()[1]): values for name, values in samples.items() if name.startswith("delay, ") and values}
    for share, colour in ((0.5, BLUE), (0.95, ORANGE)):
        figures = [percentile(levels[level], share) for level in sorted(levels)]
        axes[0].plot(sorted(levels), figures, marker="o", color=colour, label=f"p{100 * share:.0f}")
    axes[0].axhline(1.5, color=GREY, linestyle=":")
    axes[0].set(xlabel="calls at once", ylabel="s to the first sound of an answer", xticks=sorted(levels))
    axes[0].set_ylim(bottom=0)
    axes[0].legend(frameon=False)


def _turns(axes: "Sequence[Axes]", samples: dict[str, list[float]]) -> None:
    """What is finished and what is only paused in, as the judge sees it."""
    edges = [step / 2 for step in range(-14, 11)]
    for name, colour in (("cut", ORANGE), ("finished", BLUE)):
        axes[0].hist(samples[name], edges, color=colour, alpha=0.6, label=name)
    axes[0].set(xlabel="log-odds that it is finished", ylabel="sentences")
    axes[0].legend(frameon=False)


_PICTURES: dict[str, "Callable[[Sequence[Axes], dict[str, list[float]]], None]"] = {
    "latency": _latency,
    "calls": _calls,
    "turns": _turns,
}
