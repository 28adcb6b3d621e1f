#!/usr/bin/env python3
"""report.py - from single runs to a table, one JSON document, and drawings.

Usage: report.py FIGURES.jsonl FOLDER
Knows how figures are summed up and drawn; never how they came about.
Writes FOLDER/bench.json, bench.txt and one SVG for each thing that grows.
"""
import json
import math
import os
import platform
import statistics
import subprocess
import sys


def spread(values):
    return {
        "min": min(values),
        "median": statistics.median(values),
        "max": max(values),
    }


def holds(row):
    """Whether the median reaches its target; None where there is none."""
    measured = row["ratio" if row["kind"].startswith("ratio") else "ours"]
    if row["kind"] in ("ratio_max", "max"):
        return measured["median"] <= row["target"]
    if row["kind"] in ("ratio_min", "min"):
        return measured["median"] >= row["target"]
    return None


def digest(raw):
    row = {k: raw[k] for k in ("id", "what", "unit", "x", "kind", "target")}
    row["runs"] = len(raw["ours"])
    row["ours"] = spread(raw["ours"])
    row["ours"]["all"] = raw["ours"]
    if "floor" in raw:
        row["floor_what"] = raw["floor_what"]
        row["floor"] = spread(raw["floor"])
        row["floor"]["all"] = raw["floor"]
        # Each run against the floor measured right beside it.
        pairs = zip(raw["ours"], raw["floor"])
        row["ratio"] = spread([a / b for a, b in pairs if b > 0] or [0])
    row["holds"] = holds(row)
    return row


# What may grow at most between the ends of its series.
FLAT = {"round.processes": 1.2, "round.calls": 1.2, "round.ssh": 1.2,
        "memory.merge": 1.2, "memory.verify": 1.2, "fan_in.sync": 1.2}


def slopes(rows):
    """Growth between the ends of a series, as a figure of its own."""
    found = []
    for name, points in series(rows).items():
        first, last = points[0], points[-1]
        if first["ours"]["median"] <= 0:
            continue
        grown = last["ours"]["median"] / first["ours"]["median"]
        slope = {"id": name, "from": first["x"], "to": last["x"],
                 "grown": grown}
        if name in FLAT:
            slope["target"] = FLAT[name]
            slope["holds"] = grown <= FLAT[name]
        found.append(slope)
    return found


def series(rows):
    groups = {}
    for row in rows:
        if row["x"] > 0:
            groups.setdefault(row["id"], []).append(row)
    for points in groups.values():
        points.sort(key=lambda row: row["x"])
    return {k: v for k, v in groups.items() if len(v) > 1}


def number(value):
    if value == 0:
        return "0"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def aimed(row):
    sign = {"ratio_max": "<= {} x", "ratio_min": ">= {} x", "max": "<= {}"}
    text = sign.get(row["kind"], ">= {}")
    return "" if row["kind"] == "none" else text.format(number(row["target"]))


def table(rows, grown, machine):
    head = ("figure", "unit", "ours: min/median/max", "floor: min/median/max",
            "ratio: min/median/max", "target", "")
    lines = [head]
    for row in rows:
        name = row["id"] + (f" @{number(row['x'])}" if row["x"] else "")
        cells = [name, row["unit"]]
        for key in ("ours", "floor", "ratio"):
            one = row.get(key)
            cells.append(
                " / ".join(number(one[k]) for k in ("min", "median", "max"))
                if one else "-")
        verdict = {True: "holds", False: "MISSED", None: "noted"}
        cells += [aimed(row), verdict[row["holds"]]]
        lines.append(tuple(cells))
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    out = [f"{machine['cpu']}, {machine['cores']} cores, {machine['kernel']},"
           f" SQLite {machine['sqlite']}, {machine['git']}", ""]
    for at, line in enumerate(lines):
        text = [cell.ljust(width) for cell, width in zip(line, widths)]
        out.append("  ".join(text).rstrip())
        if at == 0:
            out.append("  ".join("-" * width for width in widths))
    out.append("")
    for slope in grown:
        verdict = ""
        if "target" in slope:
            verdict = f"  <= {slope['target']} x  " + (
                "holds" if slope["holds"] else "MISSED")
        out.append(f"{slope['id']}: {slope['grown']:.2f} x from"
                   f" {number(slope['from'])} to {number(slope['to'])}"
                   + verdict)
    out += ["", "Floors:"]
    told = {row["id"]: row for row in rows if "floor_what" in row}
    for name, row in told.items():
        out.append(f"  {name}: {row['what']}, against {row['floor_what']}")
    return "\n".join(out) + "\n"


def ticks(low, high):
    """Powers of ten, and their doubles and fives where there are few."""
    found = []
    for power in range(math.floor(math.log10(low)) - 1,
                       math.ceil(math.log10(high)) + 1):
        for step in (1, 2, 5):
            value = step * 10.0 ** power
            if low <= value <= high:
                found.append(value)
    return found


def draw(name, points):
    """Both axes logarithmic, so that a straight climb of 1:1 is linear."""
    width, height, left, bottom, top = 640, 360, 70, 50, 50
    curves = [("ours", "#0b6e4f", [(p["x"], p["ours"]) for p in points])]
    floors = [(p["x"], p["floor"]) for p in points if "floor" in p]
    if floors:
        curves.append(("floor", "#999999", floors))
    every = [one[k] for _, _, c in curves for _, one in c
             for k in ("min", "max") if one[k] > 0]
    if not every:
        return None
    low_y, high_y = min(every) / 2, max(every) * 2
    low_x, high_x = points[0]["x"] / 1.3, points[-1]["x"] * 1.3

    def at_x(x):
        share = math.log(x / low_x) / math.log(high_x / low_x)
        return left + share * (width - left - 20)

    def at_y(y):
        y = max(y, low_y)
        share = math.log(y / low_y) / math.log(high_y / low_y)
        return height - bottom - share * (height - bottom - top)

    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}"'
           f' height="{height}" font-family="sans-serif" font-size="12">',
           f'<rect width="{width}" height="{height}" fill="white"/>',
           f'<text x="{left}" y="20" font-size="14">{points[0]["what"]}'
           f'</text><text x="{left}" y="38" fill="#666">{points[0]["unit"]}'
           f' ({name})</text>']
    for y in ticks(low_y, high_y):
        out.append(f'<path d="M{left} {at_y(y):.1f}H{width - 20}"'
                   f' stroke="#eee"/><text x="{left - 6}"'
                   f' y="{at_y(y) + 4:.1f}" text-anchor="end">{number(y)}'
                   '</text>')
    for point in points:
        out.append(f'<text x="{at_x(point["x"]):.1f}"'
                   f' y="{height - bottom + 18}" text-anchor="middle">'
                   f'{number(point["x"])}</text>')
    for at, (label, colour, curve) in enumerate(curves):
        line = " ".join(f"{at_x(x):.1f},{at_y(one['median']):.1f}"
                        for x, one in curve)
        out.append(f'<polyline points="{line}" fill="none"'
                   f' stroke="{colour}" stroke-width="2"/>')
        for x, one in curve:
            out.append(f'<path d="M{at_x(x):.1f} {at_y(one["min"]):.1f}'
                       f'V{at_y(one["max"]):.1f}" stroke="{colour}"/>'
                       f'<circle cx="{at_x(x):.1f}"'
                       f' cy="{at_y(one["median"]):.1f}" r="3.5"'
                       f' fill="{colour}"/>')
        said = label if label == "ours" else points[0].get("floor_what", "")
        out.append(f'<text x="{left + at * 120}" y="{height - 8}"'
                   f' fill="{colour}">{said}</text>')
    return "\n".join(out + ["</svg>"]) + "\n"


def first_line(command):
    try:
        done = subprocess.run(command, capture_output=True, text=True,
                              check=False)
        return done.stdout.strip().split("\n")[0]
    except OSError:
        return ""


def machine():
    cpu = ""
    with open("/proc/cpuinfo", encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("model name"):
                cpu = line.split(":", 1)[1].strip()
                break
    return {
        "cpu": cpu,
        "cores": os.cpu_count(),
        "kernel": platform.system() + " " + platform.release(),
        "sqlite": first_line(["pkg-config", "--modversion", "sqlite3"]),
        "git": first_line(["git", "--version"]),
    }


def write(path, text):
    with open(path, "w", encoding="utf-8") as out:
        out.write(text)


def main():
    figures, folder = sys.argv[1], sys.argv[2]
    with open(figures, encoding="utf-8") as lines:
        rows = [digest(json.loads(line)) for line in lines if line.strip()]
    here = machine()
    grown = slopes(rows)
    write(os.path.join(folder, "bench.json"),
          json.dumps({"machine": here, "figures": rows, "growth": grown},
                     indent=1) + "\n")
    text = table(rows, grown, here)
    write(os.path.join(folder, "bench.txt"), text)
    for name, points in series(rows).items():
        drawing = draw(name, points)
        if drawing is not None:
            write(os.path.join(folder, name + ".svg"), drawing)
    print(text, end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
