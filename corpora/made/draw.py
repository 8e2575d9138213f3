"""A seeded source of random draws that are the same on any machine and any Python from 3.9."""
import random


class Rng:
    """A seeded source of random bits, and the few draws made of them."""

    def __init__(self, seed):
        source = random.Random(seed)
        self.bits = source.getrandbits
        self.unit = source.random

    def below(self, n):
        return int(self.unit() * n)

    def between(self, low, high):
        return low + int(self.unit() * (high - low + 1))

    def pick(self, items):
        return items[int(self.unit() * len(items))]

    def shuffle(self, items):
        for i in range(len(items) - 1, 0, -1):
            j = int(self.unit() * (i + 1))
            items[i], items[j] = items[j], items[i]


def zipf_table(items, bits, offset):
    """2**bits entries in which items[k] has a share in proportion to 1 / (k + offset)."""
    size = 1 << bits
    weights = [(1 << 40) // (k + offset) for k in range(len(items))]
    total = sum(weights)
    table = []
    reached = 0
    for item, weight in zip(items, weights):
        reached += weight
        table.extend([item] * (reached * size // total - len(table)))
    return table
