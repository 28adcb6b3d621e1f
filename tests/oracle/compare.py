"""compare.py - does the oracle come to what the engine came to?

Usage: compare.py FOLDER. FOLDER holds one folder a schedule, as dump makes
them. Prints each cell on which the two differ; exit status 1 if any does.
"""

import json
import pathlib
import sys

import fold


def cells_of(lines):
    cells = {}
    for line in lines:
        cell = json.loads(line)
        cell["heads"].sort()
        cells[cell["entity"], cell["row"], cell["field"]] = cell
    return cells


def main(arguments):
    root = pathlib.Path(arguments[0])
    schemas = pathlib.Path(__file__).resolve().parents[2] / "schemas"
    schedules = cells = differing = disputed = 0
    for folder in sorted(path for path in root.iterdir() if path.is_dir()):
        engine = cells_of((folder / "engine.jsonl").read_text(
            "utf-8").splitlines())
        oracle = cells_of(fold.Oracle(folder, schemas).lines())
        schedules += 1
        cells += len(engine)
        disputed += sum(cell["severity"] != "none"
                        for cell in engine.values())
        for key in sorted(engine.keys() | oracle.keys(), key=repr):
            if engine.get(key) != oracle.get(key):
                differing += 1
                print(f"seed {folder.name}\n  engine {engine.get(key)}"
                      f"\n  oracle {oracle.get(key)}")
    print(f"{schedules} schedules, {cells} cells, {disputed} of them in "
          f"conflict: {differing} differ")
    return 1 if differing or not cells else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
