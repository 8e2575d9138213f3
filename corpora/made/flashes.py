#!/usr/bin/env python3
"""Makes a corpus of flashes that one notice goes with, and of dispatches in several papers, and its gold.

    flashes.py --out DIR [--seed 1] [--feeds 60] [--most 60]

writes DIR/feed-NNN.jsonl, each a feed, and DIR/gold.jsonl: {"feed":N,"shape":{...},"clusters":[[ID,...],...]};
equal arguments give equal bytes. Words that tell something come from stories.txt, forms.txt and flashes.txt.

A feed of flashes has a shape: how many, of how many words; the notice, its length, before or behind the flash, on both
sides or within it, one notice or two, with a date or a number that varies; a dateline before each flash; a short line
behind it. Some flashes are printed again, word for word or with another word. No other two are copies. A feed of
dispatches has a few stories, each in several papers: under other headlines, datelines and authors, with other captions,
before the terms of a paper. They are copies.
"""
import argparse
import json
import os
import re

from draw import Rng
from feed import read_blocks
from forms import Facts, read_bank

HERE = os.path.dirname(os.path.abspath(__file__))
PAPERS = ("Harbour Wire", "Lantern Agency", "Valley Courier", "Inland Service")
OTHERS = ("fr", "de", "es", "ru", "ur", "zh")


def read_flash_bank():
    with open(os.path.join(HERE, "flashes.txt"), encoding="utf-8") as source:
        blocks = re.split(r"^== ", source.read(), flags=re.M)[1:]
    return {name: (body.strip().split("\n") if name in ("notice", "terms", "sign") and "\n" in body.strip()
                   else body.strip().split(";"))
            for name, _, body in (block.partition("\n") for block in blocks)}


class Feeds:
    def __init__(self, seed, most):
        self.rng, self.most = Rng(seed), min(most, 48)
        self.bank = read_flash_bank()
        self.forms = read_bank(os.path.join(HERE, "forms.txt"))
        self.stories = list(read_blocks("stories.txt"))
        self.sentences = [s for _, body, _ in self.stories for p in body for s in p.split(". ")
                          if 14 <= s.count(" ") <= 45]

    def facts(self, language):
        return Facts(self.rng, language, self.forms[language][0])

    def settle(self, text):
        return re.sub(r"\[([^\[\]]*)\]", lambda m: self.rng.pick(m.group(1).split("|")), text)

    # ---- flashes ----

    def flash(self, language, words, number):
        """A text of some `words` words."""
        rng, bank = self.rng, self.bank
        if language != "en":
            lines = self.forms[language][1]
            return self.facts(language).fill(self.settle(lines[number % len(lines)]))
        text = bank["predicate"][number % len(bank["predicate"])]
        if words < 6:
            text = rng.pick(bank["subject"]).split()[-1] + " " + " ".join(text.split()[:words - 1])
        else:
            text = rng.pick(bank["subject"]) + " " + text
        if words > 8 and rng.bits(1):
            text += " in " + rng.pick(self.forms["en"][0]["place"])
        if words > text.count(" ") + 4:
            text += "; " + self.sentences[number * 97 % len(self.sentences)]
            text = " ".join(text.split()[:words]).rstrip(".;,")
        return text[0].upper() + text[1:] + "."

    def notice(self, language, words):
        rng = self.rng
        if language != "en":
            facts = self.facts(language)
            parts = [facts.fill(self.settle(p)) for _, text in self.forms[language][4] for p in text.split("\n")
                     if p != "@teaser"]
            return ("" if language == "zh" else " ").join(parts)
        lines, out = list(self.bank["notice"]), []
        rng.shuffle(lines)
        while lines and sum(s.count(" ") + 1 for s in out) < words:
            out.append(lines.pop())
        return " ".join(out)

    def shape(self):
        rng = self.rng
        return {"language": "en" if rng.unit() < 0.75 else rng.pick(OTHERS),
                "flashes": rng.pick((5, 6, 8, 8, 12, 20, self.most)),
                "words": rng.pick((3, 4, 5, 7, 9, 12, 15, 20, 30, 40)),
                "notice": rng.pick((30, 50, 80, 120, 160, 220, 300, 400)),
                "place": rng.pick(("before", "behind", "behind", "both", "within")),
                "notices": rng.pick((1, 1, 2)),
                "varies": rng.pick(("", "", "date", "number")),
                "dateline": rng.pick(("", "", "same", "other", "caps")),
                "line": rng.pick(("", "", "same", "other", "author")),
                "layout": rng.pick(("\n\n", "\n", " "))}

    def flashes(self):
        rng, shape = self.rng, self.shape()
        if shape["language"] != "en":  # there are no more sentences
            shape["flashes"] = min(shape["flashes"], 20)
        language, facts = shape["language"], self.facts(shape["language"])
        notices = [self.notice(language, shape["notice"]) for _ in range(shape["notices"])]
        if shape["place"] == "both" and language == "en":
            notices = [(n, self.notice("en", max(20, shape["notice"] // 4))) for n in notices]
        sign, place = rng.pick(self.bank["sign"]), facts.draw("L")
        out, clusters, start = [], [], rng.below(50)
        for number in range(shape["flashes"]):
            text = self.flash(language, shape["words"], start + number)
            clusters.append([len(out)])
            copies = [text]
            if rng.unit() < 0.2:
                copies += [self.changed(text) if rng.bits(1) else text for _ in range(rng.between(1, 2))]
            for k, copy in enumerate(copies):
                if k > 0:
                    clusters[-1].append(len(out))
                if k == 0 or rng.unit() < 0.3:
                    around = self.surroundings(shape, rng.pick(notices), sign, place)
                out.append(self.page(shape, copy, *around))
        return shape, out, clusters

    def changed(self, text):
        """Another word for one in small letters, which is not the first."""
        words = text.split(" ")
        spots = [k for k, w in enumerate(words) if k > 0 and w.isalpha() and w.islower() and len(w) > 3]
        if len(words) < 4 or not spots:
            return text
        words[self.rng.pick(spots)] = self.rng.pick(("swiftly", "again", "finally", "suddenly", "reportedly"))
        return " ".join(words)

    def surroundings(self, shape, notice, sign, place):
        """What is before the flash, its lines behind it, the notice before them and the one behind."""
        rng, facts = self.rng, self.facts(shape["language"])
        head, lines = "", []
        if shape["dateline"] == "same":
            head = f"{place} (MN) - "
        elif shape["dateline"] == "caps":
            head = facts.draw("L").upper() + " (MN) - "
        elif shape["dateline"]:
            head = facts.draw("L") + ", " + facts.draw("DATE") + " (Meridian News) - "
        if shape["line"]:
            lines = [sign if shape["line"] == "same" else
                     rng.pick(self.bank["sign" if shape["line"] == "other" else "byline"])]
        before, behind = notice if isinstance(notice, tuple) else ("", notice)
        if shape["varies"]:
            behind = (f"Bulletin of {facts.draw('DATE')}. " if shape["varies"] == "date"
                      else f"No. {rng.between(1000, 9999)}. ") + behind
        return head, lines, before, behind

    @staticmethod
    def page(shape, text, head, lines, before, behind):
        if shape["place"] == "before":
            parts = [behind, head + text] + lines
        elif shape["place"] == "within" and text.count(" ") > 5:
            words = text.split(" ")
            parts = [" ".join(words[:len(words) // 3]), behind, " ".join(words[len(words) // 3:])] + lines
        else:
            parts = [before, head + text] + lines + [behind]
        return shape["layout"].join(p for p in parts if p)

    # ---- dispatches ----

    def dispatches(self):
        rng, out, clusters = self.rng, [], []
        shape = {"papers": rng.between(2, 8), "words": rng.pick((40, 80, 120, 200, 400)),
                 "words of headlines": "of the story"}
        stories = list(self.stories)
        rng.shuffle(stories)
        for head, body, later in stories[:rng.between(2, 4)]:
            kept, have = [], 0
            for p in body:
                if kept and have >= shape["words"]:
                    break
                kept.append(p)
                have += p.count(" ") + 1
            clusters.append([])
            for _ in range(shape["papers"]):
                clusters[-1].append(len(out))
                out.append(self.reprint(head, kept, later))
        return shape, out, clusters

    def reprint(self, head, body, later):
        rng, facts = self.rng, self.facts("en")
        paper, parts = rng.pick(PAPERS), list(body)
        kind = rng.pick(("dateline", "author", "plain", "dateline"))
        if kind == "dateline":
            parts[0] = rng.pick((f"{facts.draw('L')}, {facts.draw('DATE')} ({paper}) - ",
                                 f"{facts.draw('L').upper()} ({paper}) - ")) + parts[0]
        elif kind == "author":
            parts.insert(0, rng.pick((f"By {facts.draw('P')}, {facts.draw('OFFICE')}",
                                      rng.pick(self.bank["byline"]), f"{facts.draw('P')}, {facts.draw('L')}")))
        if rng.bits(1):
            parts.insert(0, head[2] if rng.bits(1) else body[0].split(". ")[0].split(",")[0].upper())
        if rng.unit() < 0.3:
            parts.append(f"Photo: {facts.draw('P')}")
        if rng.unit() < 0.4:
            parts.append(rng.pick((f"(c) {paper}", self.bank["terms"][PAPERS.index(paper)])))
        return "\n\n".join(parts)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", required=True, metavar="DIR")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--feeds", type=int, default=60)
    parser.add_argument("--most", type=int, default=40, help="flashes in a feed")
    options = parser.parse_args()
    feeds = Feeds(options.seed, options.most)
    os.makedirs(options.out, exist_ok=True)
    with open(os.path.join(options.out, "gold.jsonl"), "w", encoding="utf-8", newline="\n") as gold:
        for number in range(options.feeds):
            shape, texts, clusters = feeds.dispatches() if number % 4 == 3 else feeds.flashes()
            with open(os.path.join(options.out, f"feed-{number:03d}.jsonl"), "w", encoding="utf-8", newline="\n") as to:
                for k, text in enumerate(texts):
                    to.write(json.dumps({"id": f"{number}-{k}", "text": text}, ensure_ascii=False) + "\n")
            gold.write(json.dumps({"feed": number, "shape": shape, "clusters":
                                   [[f"{number}-{k}" for k in c] for c in clusters]}) + "\n")


if __name__ == "__main__":
    main()
