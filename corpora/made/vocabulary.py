"""The invented vocabulary of the made corpora: words from syllables, names, short phrases."""
import re

import words
from draw import zipf_table

ONSETS = ("b c d f g h j k l m n p r s t v w b c d f g l m n p r s t m n r t l br ch cl cr dr fl "
          "fr gl gr pl pr qu sh sl sp st th tr").split() + [""] * 4
NUCLEI = "a e i o u a e i o a e a o e ai ea ee ia oo ou".split()
CODAS = "l m n r s n r l t d nd ng nt rd rn rt st th ck ss".split() + [""] * 20
NOUN_ENDS = ["", "", "er", "ing", "ment", "tion", "ness", "age", "or", "ist", "ity", "al"]
ADJECTIVE_ENDS = ["al", "ic", "ous", "ive", "y", "ed", "ish", "an", "able"]
PLACE_ENDS = "ton ford ham by stad berg ia ova mouth field grad haven wick ona dale".split()
FIRM_ENDS = ("Holdings Freight Mills Line Bank Foods Energy Steel Press Airways Textiles Trading "
             "Chemicals Motors Mutual Works Cement Group Union Paper").split()
BODY_ENDS = ("Harbour Board;Labour Congress;Weather Office;Farmers Union;Research Institute;"
             "City Council;Water Company;Chamber of Trade;Transport Authority;Medical Society;"
             "Teachers Union;Mining Bureau;Rail Company;Housing Fund;Football League").split(";")
WIRES = ("Harbour Wire", "North Coast Press", "Meridian News", "Inland Service", "Lantern Agency",
         "Evening Dispatch", "Valley Courier", "Tern Island Post", "Provincial Telegraph")
ACCENTED = ("Café Brenoise", "Saint-Éloin", "Mürrau", "Año Claro", "Gävlund", "São Torel",
            "Orléval", "Königsau")


def plural(noun):
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith(("s", "sh", "ch", "x")) else "s")


class Vocabulary:
    """All tables that text is drawn from; the same for every article of a corpus."""

    def __init__(self, rng):
        self.rng = rng
        seen = set()
        for group in (words.NOUNS, words.ADJECTIVES, words.VERBS_PAST, words.VERBS_BASE):
            seen.update(group)
        nouns = self.mixed(words.NOUNS, 17000, NOUN_ENDS, seen)
        adjectives = self.mixed(words.ADJECTIVES, 7000, ADJECTIVE_ENDS, seen)
        past = self.mixed(words.VERBS_PAST, 3000, ["ed"], seen)
        base = self.mixed(words.VERBS_BASE, 1500, ["", "ise", "ate"], seen)
        places = self.names(3000, PLACE_ENDS, seen) + list(ACCENTED)
        first = self.names(500, ["", "a", "o", "in", "el"], seen)
        last = self.names(9000, ["", "er", "ov", "sen", "ez", "ak", "ini", "man"], seen)
        plain = nouns + adjectives + past
        rng.shuffle(plain)
        self.replacements = zipf_table(words.NOUNS[:200] + plain, 17, 60)
        self.first = zipf_table(first, 12, 12)
        self.last = zipf_table(last, 15, 60)
        self.places = zipf_table(places, 13, 20)
        self.noun = zipf_table(nouns, 17, 16)
        self.adjective = zipf_table(adjectives, 16, 16)
        self.past = zipf_table(past, 15, 12)
        self.base = zipf_table(base, 14, 12)
        self.numerals = [self.numeral() for _ in range(1 << 14)]
        self.phrases()

    def syllables(self, count):
        rng = self.rng
        return "".join(rng.pick(ONSETS) + rng.pick(NUCLEI) + rng.pick(CODAS) for _ in range(count))

    def coin(self, ends, seen):
        while True:
            word = self.syllables(1 + (self.rng.unit() < 0.55)) + self.rng.pick(ends)
            if 3 < len(word) < 13 and word not in seen:
                seen.add(word)
                return word

    def mixed(self, real, count, ends, seen):
        """Real words first, then invented ones, a few of which are as frequent as the real."""
        out = list(real)
        for _ in range(count):
            out.append(self.coin(ends, seen))
        for i in range(40, len(real), 4):
            j = len(real) + self.rng.below(count)
            out[i], out[j] = out[j], out[i]
        return out

    def names(self, count, ends, seen):
        return [self.coin(ends, seen).capitalize() for _ in range(count)]

    def numeral(self):
        rng = self.rng
        form = rng.below(20)
        if form < 5:
            return str(rng.between(2, 99))
        if form < 8:
            return f"{rng.between(1, 98)}.{rng.below(10)} percent"
        if form < 10:
            return f"{rng.between(2, 95)} percent"
        if form < 13:
            return f"{rng.between(1, 999)}.{rng.below(10)} million"
        if form < 16:
            return f"{rng.between(100, 999999):,}"
        if form < 17:
            return f"{rng.between(1, 40)}.{rng.below(100):02d} billion"
        return rng.pick(words.NUMBER_WORDS)

    def phrases(self):
        """Pools of short phrases; a shingle of five words nearly always spans two draws."""
        rng, bits = self.rng, self.rng.bits
        noun, adjective, past, base = self.noun, self.adjective, self.past, self.base
        noun_phrases = []
        for _ in range(60000):
            determiner = rng.pick(words.DETERMINERS)
            last = noun[bits(17)]
            if determiner in words.PLURAL:
                last = plural(last)
            form = rng.below(12)
            if form < 4:
                phrase = f"{determiner} {last}"
            elif form < 7:
                phrase = f"{determiner} {adjective[bits(16)]} {last}"
            elif form < 8:
                phrase = f"{noun[bits(17)]} {plural(noun[bits(17)])}"
            elif form < 9:
                phrase = f"{adjective[bits(16)]} {plural(noun[bits(17)])}"
            elif form < 10:
                phrase = f"the {noun[bits(17)]} {noun[bits(17)]}"
            elif form < 11:
                phrase = plural(noun[bits(17)])
            else:
                phrase = f"the {noun[bits(17)]} of {noun[bits(17)]}"
            noun_phrases.append(re.sub(r"\ba (?=[aeiou])", "an ", phrase))
        verbs = []
        for _ in range(12000):
            form = rng.below(12)
            verb = past[bits(15)]
            if form < 4:
                verbs.append(verb)
            elif form < 6:
                verbs.append(f"{rng.pick(words.ADVERBS)} {verb}")
            elif form < 8:
                verbs.append("would " + base[bits(14)])
            elif form < 9:
                verbs.append("could " + base[bits(14)])
            elif form < 10:
                verbs.append("had " + verb)
            elif form < 11:
                verbs.append("had not " + verb)
            else:
                verbs.append(f"agreed to {base[bits(14)]}")
        prepositional = [f"{rng.pick(words.PREPOSITIONS)} {rng.pick(noun_phrases)}"
                         for _ in range(40000)]
        self.noun_phrase = zipf_table(noun_phrases, 17, 250)
        self.noun_opening = [p[0].upper() + p[1:] for p in self.noun_phrase]
        self.verb = zipf_table(verbs, 15, 120)
        self.prepositional = zipf_table(prepositional, 17, 400)
        # A topic: the phrases its stories keep coming back to.
        self.topics = []
        for _ in range(500):
            own = [rng.pick(noun_phrases) for _ in range(40)]
            self.topics.append(zipf_table(own, 8, 2))
        self.stock = words.STOCK + [self.stock_sentence() for _ in range(120)]

    def stock_sentence(self):
        bits = self.rng.bits
        text = (f"{self.noun_phrase[bits(17)]} {self.verb[bits(15)]} {self.noun_phrase[bits(17)]} "
                f"{self.prepositional[bits(17)]}.")
        return text[0].upper() + text[1:]

    def person(self):
        bits = self.rng.bits
        return f"{self.first[bits(12)]} {self.last[bits(15)]}"

    def place(self):
        return self.places[self.rng.bits(13)]

    def firm(self):
        form = self.rng.below(4)
        if form == 0:
            return f"{self.place()} {self.rng.pick(BODY_ENDS)}"
        name = self.last[self.rng.bits(15)] if form < 3 else self.place()
        return f"{name} {self.rng.pick(FIRM_ENDS)}"
