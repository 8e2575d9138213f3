#!/usr/bin/env python3
"""Checks measures.py on handmade results with known scores: bench/quality/check.py"""
import json
import unittest

import measures


def lines(*records):
    return [json.dumps(r) for r in records]


def pair(a, b, relation="near", r=0.9):
    return {"type": "pair", "a": a, "b": b, "relation": relation, "resemblance": r,
            "containment_a": r, "containment_b": r, "overlap_a": r, "overlap_b": r, "facts": 1}


def section(*occurrences):
    """(article, begin, end) of the reference, (article, begin, end, of_begin, of_end) of others."""
    names = ("article", "begin", "end", "of_begin", "of_end")
    return {"type": "section", "section": 1, "tokens": 40,
            "occurrences": [dict(zip(names, o)) for o in occurrences]}


SUMMARY = {"type": "summary"}
GOLD = measures.Gold(lines(
    {"type": "cluster", "cluster": 0, "keep": "a", "articles": ["a", "b", "c"]},
    {"type": "pair", "a": "a", "b": "b", "relation": "identical", "kind": "identical"},
    {"type": "pair", "a": "a", "b": "c", "relation": "near", "kind": "updated"},
    {"type": "pair", "a": "b", "b": "c", "relation": "near", "kind": "identical+updated"},
    {"type": "series", "articles": ["s", "t"]},
    {"type": "section", "section": 0, "kind": "cut",
     "occurrences": [{"article": "x", "begin": 100, "end": 300},
                     {"article": "y", "begin": 0, "end": 200}]}))


def result(*records):
    return measures.Result(lines(*records, SUMMARY))


class Pairs(unittest.TestCase):
    def test_a_pair_counts_through_the_first_of_identical_articles(self):
        r = result(pair("a", "b", "identical", 1), pair("a", "c"))
        counts = measures.recall_by_kind(GOLD, measures.Reported(r))
        self.assertEqual(counts["identical"], (1, 1))
        self.assertEqual(counts["all kinds"], (2, 2))
        self.assertEqual(counts["pairs of copies too"], (3, 3))

    def test_identical_articles_must_be_reported_themselves(self):
        r = result(pair("a", "c"))
        counts = measures.recall_by_kind(GOLD, measures.Reported(r))
        self.assertEqual(counts["pairs of copies too"], (1, 3))

    def test_a_series_is_not_a_copy(self):
        r = result(pair("a", "b", "series"), pair("s", "t", "series"))
        self.assertEqual(measures.false_pairs(r, GOLD, {}), [])
        counts = measures.recall_by_kind(GOLD, measures.Reported(r, measures.is_copy))
        self.assertEqual(counts["all kinds"], (0, 2))

    def test_brute_force_confirms_a_pair_but_not_one_of_bulletins(self):
        r = result(pair("s", "t"), pair("x", "y"), pair("a", "x"))
        brute = measures.read_brute(lines(pair("s", "t"), pair("x", "y")))
        false = [(p["a"], p["b"]) for p in measures.false_pairs(r, GOLD, brute)]
        self.assertEqual(false, [("s", "t"), ("a", "x")])

    def test_a_number_off_in_the_last_digits_is_wrong(self):
        r = result(pair("a", "b"), pair("x", "y", r=0.9 + 1e-11), pair("s", "t", r=0.04),
                   pair("a", "c", r=0.06))
        brute = measures.read_brute(lines(pair("b", "a"), pair("x", "y")))
        wrong = [(p["a"], p["b"]) for p in measures.wrong_numbers(r, brute, 0.05)]
        self.assertEqual(wrong, [("x", "y"), ("a", "c")])

    def test_a_result_without_its_summary_is_refused(self):
        with self.assertRaises(ValueError):
            measures.Result(lines(pair("a", "b")))


FORMS = measures.Gold(lines(
    {"type": "cluster", "cluster": 0, "keep": "a", "articles": ["a", "b"]},
    {"type": "pair", "a": "a", "b": "b", "relation": "near", "kind": "scanned"},
    {"type": "series", "form": "grant", "kind": "core", "language": "fr",
     "articles": ["a", "b", "c"]},
    {"type": "boilerplate", "kind": "menu", "articles": ["d", "e"]},
    {"type": "note", "articles": ["c", "d"]}))
WORDS = {"a": 50, "b": 300, "c": 70, "d": 130, "e": 900}


class Forms(unittest.TestCase):
    def test_two_bulletins_of_a_form_are_refused_unless_they_are_copies(self):
        r = result(pair("a", "b"), pair("b", "c"), pair("d", "e", "boilerplate"))
        counts = measures.refused(FORMS, measures.Reported(r, measures.is_copy))
        self.assertEqual(counts, {"series": (1, 2), "series, core": (1, 2), "note": (1, 1),
                                  "series, fr": (1, 2), "boilerplate": (1, 1)})

    def test_precision_by_the_length_of_the_shorter(self):
        r = result(pair("a", "b"), pair("b", "c"), pair("a", "c", "series"))
        self.assertEqual(measures.precision_of_copies(r, FORMS, WORDS), {
            "all lengths, furniture too": (1, 2), "all lengths": (1, 2), "0 to 59 words": (1, 1),
            "60 to 119 words": (0, 1)})

    def test_recall_by_length(self):
        r = measures.Reported(result(pair("a", "b", "related")), measures.is_copy)
        self.assertEqual(measures.recall_by_length(FORMS, r, WORDS), {"0 to 59 words": (0, 1)})

    def test_lengths_are_sorted_by_number(self):
        names = ["500 words and more", "60 to 119 words", "all lengths", "0 to 59 words"]
        names.sort(key=lambda name: measures.by_length((name,)))
        self.assertEqual(names, ["all lengths", "0 to 59 words", "60 to 119 words",
                                 "500 words and more"])

    def test_a_cluster_of_two_events_is_mixed(self):
        r = result({"type": "cluster", "members": ["a", "b"]},
                   {"type": "cluster", "members": ["d", "e"]})
        self.assertEqual(measures.mixed_clusters(r, FORMS.event), (1, 2))


class Clusters(unittest.TestCase):
    def test_the_index_is_one_for_the_gold_and_about_nought_for_chance(self):
        articles = [str(n) for n in range(8)]
        halves = [{"articles": articles[:4]}, {"articles": articles[4:]}]
        crossed = [{"articles": articles[::2]}, {"articles": articles[1::2]}]
        self.assertEqual(measures.adjusted_rand(halves, halves, articles), 1)
        self.assertLess(measures.adjusted_rand(halves, crossed, articles), 0)
        self.assertEqual(measures.adjusted_rand(halves, [], articles), 0)

    def test_a_known_value(self):
        gold = [{"articles": ["1", "2", "3"]}]
        found = [{"articles": ["1", "2"]}]
        # 1 pair of 3 and of 1 together, 3 * 1 / 6 by chance: (1 - .5) / (2 - .5)
        self.assertAlmostEqual(measures.adjusted_rand(gold, found, list("1234")), 1 / 3)

    def test_pairs_of_partitions(self):
        label = {"1": "p", "2": "p", "3": "q", "4": "q"}
        found = [{"articles": ["1", "2", "3"]}]
        self.assertEqual(measures.cluster_pairs(label, found), (1, 3, 2))


class Sections(unittest.TestCase):
    def measure(self, *records):
        return measures.measure_sections(result(*records), GOLD)

    def test_the_planted_passage_exactly(self):
        recalls, beyond = self.measure(section(("x", 100, 300), ("y", 0, 200, 100, 300)))
        self.assertEqual(recalls["cut"], (400, 400))
        self.assertEqual(beyond, (0, 400))

    def test_half_of_it_and_something_beyond(self):
        recalls, beyond = self.measure(section(("x", 50, 200), ("y", 0, 100, 100, 200)))
        self.assertEqual(recalls["cut"], (200, 400))
        self.assertEqual(beyond, (50, 250))

    def test_a_wrong_partner_earns_nothing(self):
        recalls, beyond = self.measure(section(("x", 100, 300), ("z", 0, 200, 100, 300)))
        self.assertEqual(recalls["cut"], (0, 400))
        self.assertEqual(beyond, (400, 400))

    def test_partners_may_meet_at_a_reference_elsewhere(self):
        recalls, _ = self.measure(section(("w", 0, 200), ("x", 100, 300, 0, 200),
                                          ("y", 0, 200, 0, 200)))
        self.assertEqual(recalls["cut"], (400, 400))

    def test_partners_of_different_parts_of_a_reference_are_none(self):
        recalls, _ = self.measure(section(("w", 0, 400), ("x", 100, 300, 0, 200),
                                          ("y", 0, 200, 200, 400)))
        self.assertEqual(recalls["cut"], (0, 400))

    def test_places_of_different_parts_share_nothing(self):
        r = result(section(("w", 0, 400), ("x", 0, 200, 0, 200), ("y", 0, 200, 200, 400)),
                   section(("w", 0, 400), ("x", 0, 300, 0, 300), ("y", 0, 200, 200, 400)))
        for s in r.sections:
            s["tokens"] = 100
        self.assertEqual(measures.sections_without_common_text(r), (1, 2))

    def test_a_joint_cuts_a_run_if_both_articles_go_straight_on(self):
        first = section(("x", 0, 200), ("y", 50, 250, 0, 200))
        self.assertEqual(measures.cut_joints(result(
            first, section(("x", 202, 400), ("y", 252, 450, 202, 400)))), (1, 1))
        self.assertEqual(measures.cut_joints(result(
            section(("x", 100, 200), ("y", 150, 250, 100, 200)),
            section(("x", 202, 400), ("y", 252, 450, 202, 400)),
            section(("x", 0, 600), ("y", 50, 650, 0, 600)))), (0, 1))
        self.assertEqual(measures.cut_joints(result(
            first, section(("x", 202, 400), ("y", 900, 1100, 202, 400)))), (0, 1))
        self.assertEqual(measures.cut_joints(result(
            first, section(("x", 700, 900), ("y", 900, 1100, 700, 900)))), (0, 0))

    def test_recall_of_groups_counts_what_is_shared_within_the_group(self):
        texts = {"x": "a" * 100, "y": "a" * 100, "z": "a" * 50}
        group = {"x": 1, "y": 1, "z": 2}
        r = result(section(("x", 0, 60), ("y", 0, 60, 0, 60)),
                   section(("x", 60, 100), ("z", 0, 40, 60, 100)))
        self.assertEqual(measures.recall_of_groups(r, texts, group), (120, 200))

    def test_extents_cut_no_character(self):
        r = result(section(("x", 0, 2), ("y", 1, 3, 0, 2)))
        self.assertEqual(measures.cut_characters(r, {"x": "éa", "y": "aé"}), (0, 6))
        self.assertEqual(measures.cut_characters(r, {"x": "aé", "y": "aé"}), (2, 6))

    def test_extents_of_code_points(self):
        texts = {"hand": "é" * 50, "page": "ab" + "é" * 50}
        rows = [{"id": "page", "gt": "hand", "spans": [[0, 50, 2, 52, 1]]}]
        r = result(section(("hand", 0, 100), ("page", 2, 102, 0, 100)))
        self.assertEqual(measures.measure_extents(r, texts, rows), (100, 100, 100, 100))
        r = result(section(("hand", 0, 100), ("page", 0, 52, 0, 50)))
        self.assertEqual(measures.measure_extents(r, texts, rows), (50, 100, 50, 52))


if __name__ == "__main__":
    unittest.main()
