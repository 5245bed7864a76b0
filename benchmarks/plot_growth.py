"""Plots what `growth.py` printed: cost against the size of a world, both axes logarithmic.

pip install --group test && python benchmarks/plot_growth.py growth.jsonl --out docs/growth.svg
"""

import argparse
import json
import sys
from pathlib import Path

try:
    import matplotlib as mpl
    import matplotlib.pyplot as plt
except ModuleNotFoundError as missing:
    sys.exit(f"error: {missing}; install it with pip install --group test")

PANELS = {
    "building": {"build_cpu_s": "seconds of a core", "build_peak_gb": "GB of memory", "disk_gb": "GB of disk"},
    "a query": {"open_ms": "opening, ms", "h_ms": "H of six vertices, ms", "page_ms": "a page, ms"},
}


def main() -> None:
    """Draw one panel for building and one for asking."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("figures", type=Path, help="JSON lines of growth.py")
    parser.add_argument("--out", type=Path, required=True, help="the SVG file")
    parsed = parser.parse_args()
    rows = sorted(map(json.loads, parsed.figures.read_text("utf-8").splitlines()), key=lambda row: row["entities"])
    mpl.rcParams["svg.hashsalt"] = "growth"
    figure, panels = plt.subplots(1, len(PANELS), figsize=(9, 3.6), layout="constrained")
    for panel, (title, series) in zip(panels, PANELS.items(), strict=True):
        for name, label in series.items():
            panel.loglog([row["entities"] for row in rows], [row[name] for row in rows], marker="o", label=label)
        panel.set(title=title, xlabel="entities")
        panel.grid(visible=True, which="major", alpha=0.3)
        panel.legend(frameon=False)
    figure.savefig(parsed.out, metadata={"Date": None})


if __name__ == "__main__":
    main()
