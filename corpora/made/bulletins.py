"""Series of bulletins: the same form with other facts."""
import re

import series
import words
from article import Article

SKIES = ("fair;cloudy;overcast;light rain;heavy showers;fog at first;thunder;sleet;clear spells;"
         "drizzle;snow;haze;sunny intervals;hail").split(";")
WINDS = "north;north-east;east;south-east;south;south-west;west;north-west".split(";")
PERIODS = ("first-quarter;second-quarter;third-quarter;fourth-quarter;half-year;full-year;"
           "nine-month").split(";")
DAYPARTS = "morning;afternoon;early round;late session;second round".split(";")
SLOT = re.compile(r"\{(\w+)\}")
CHOICE = re.compile(r"\[([^\]]*)\]")


class Bulletins:
    """Draws series: a form is settled once, its facts anew for each bulletin. Half of the places,
    dates, periods and persons are settled with the form, as in bulletins of one day or one desk."""

    SETTLED = re.compile(r"\{(L|DATE|YEAR|DAY|PERIOD|P|DAYPART)\}")

    def __init__(self, vocabulary, rng):
        self.v = vocabulary
        self.rng = rng

    def settle(self):
        form = self.rng.below(len(series.FORMS))
        text = CHOICE.sub(lambda m: self.rng.pick(m.group(1).split("|")), series.FORMS[form])
        text = self.SETTLED.sub(
            lambda m: self.fact(m.group(1)) if self.rng.unit() < 0.5 else m.group(), text)
        return form, text

    def bulletin(self, form):
        text = SLOT.sub(lambda m: self.fact(m.group(1)), form)
        layout = "blank" if "\n\n" in text else ("line" if self.rng.bits(1) else "wrapped")
        title = " ".join(text.split()[:6]).rstrip(",.:")
        return Article(title, text.split("\n\n"), layout)

    def fact(self, slot):
        rng, v = self.rng, self.v
        if slot == "CO":
            return v.firm()
        if slot == "P":
            return v.person()
        if slot == "L":
            return v.place()
        if slot == "SHIP":
            return "MV " + v.last[rng.bits(15)]
        if slot == "INT":
            return f"{rng.between(1000, 9999999) >> rng.below(8):,}"
        if slot == "MLN":
            return f"{rng.between(2, 990)}.{rng.below(10)}"
        if slot == "PRICE":
            return f"{rng.between(80, 2400)}.{rng.below(4) * 25:02d}"
        if slot in ("DEC", "CENTS"):
            return f"{rng.between(1, 79)}.{rng.between(1, 99):02d}".rstrip("0")
        if slot == "RATE":
            return f"{rng.between(60, 140)}.{rng.below(1000):03d}"
        if slot == "TEMP":
            return str(rng.between(1, 39))
        if slot == "NUM":
            return rng.pick(words.NUMBER_WORDS)
        if slot == "GOALS":
            return str(rng.below(7))
        if slot == "YEAR":
            return str(rng.between(2031, 2064))
        if slot == "CLOCK":
            return f"{rng.below(24):02d}.{rng.below(60):02d}"
        if slot == "DATE":
            return f"{rng.pick(words.MONTHS)} {rng.between(1, 28)}"
        return rng.pick({"DAY": words.DAYS, "SKY": SKIES, "WIND": WINDS, "PERIOD": PERIODS,
                         "DAYPART": DAYPARTS}[slot])
