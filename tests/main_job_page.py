"""main_job_page.py - an independent reading of a newspaper page, for
main_job_test.sh to compare with. Shares no code with the program.

    units PAGE          code, name and numbers of each unit, tab separated
    counts PAGE         "20 proposals, 18 A, 2 B, 13 units, 16 groups"
    compare PAGE HTML   says what of PAGE the published page lacks
"""
import html
import re
import sys

CODES = {
    "区消防救援大队": "fire", "区委政法委": "law", "区经信科技局": "ind",
    "区农业农村局": "agri", "区人社局": "hr", "区教育局": "edu",
    "区发展改革局": "plan", "区委宣传部": "media",
    "区社会发展局": "social", "区住建局": "house",
    "区综合行政执法局": "city", "区委组织部": "org",
    "科学城管理办公室": "campus",
}
HEADER = re.compile(r"(\d+)、([^:：《]+)[:：]《(.*)》[(（]([A-C])类[)）]$")


def entries(path):
    """(number, group, title, class, unit, reply) in order of print."""
    found = []
    for line in open(path, encoding="utf-8"):
        line = line.strip()
        match = HEADER.match(line)
        if match:
            found.append([*match.groups(), None, ""])
        elif found and line:
            if found[-1][4] is None:
                found[-1][4], line = re.split("[:：]", line, maxsplit=1)
            found[-1][5] += line
    return found


def squeezed(text):
    return re.sub(r"\s+", "", text)


def shown(path):
    """What a browser shows of the page, white space set aside."""
    text = open(path, encoding="utf-8").read()
    text = re.sub(r"<(style|script)>.*?</\1>", "", text, flags=re.S)
    return squeezed(html.unescape(re.sub(r"<[^>]*>", "", text)))


def articles(path):
    """Key number to what its article shows."""
    text = open(path, encoding="utf-8").read()
    found = re.findall(r'<article id="p-[^"]*-(\d+)"[^>]*>(.*?)</article>',
                       text, flags=re.S)
    return {int(number): squeezed(html.unescape(re.sub(r"<[^>]*>", "", body)))
            for number, body in found}


def units(path):
    numbers = {}
    for entry in entries(path):
        numbers.setdefault(entry[4], []).append(entry[0])
    for at, (name, held) in enumerate(numbers.items()):
        print(CODES.get(name, f"u{at}"), name, " ".join(held), sep="\t")


def counts(path):
    found = entries(path)
    print(f"{len(found)} proposals, "
          f"{sum(e[3] == 'A' for e in found)} A, "
          f"{sum(e[3] == 'B' for e in found)} B, "
          f"{len({e[4] for e in found})} units, "
          f"{len({e[1] for e in found})} groups")


def compare(path, page):
    held = articles(page)
    lacking = 0
    for number, _, title, letter, unit, reply in entries(path):
        article = held.get(int(number), "")
        for what, text in (("title", title), ("class", letter + "类"),
                           ("unit", unit), ("reply", reply)):
            if squeezed(text) not in article:
                print(f"{number}: the page lacks its {what}: {text[:40]}")
                lacking += 1
    if len(held) != len(entries(path)):
        print(f"{len(held)} articles for {len(entries(path))} entries")
        lacking += 1
    sys.exit(lacking > 0)


if __name__ == "__main__":
    {"units": units, "counts": counts,
     "compare": compare}[sys.argv[1]](*sys.argv[2:])
