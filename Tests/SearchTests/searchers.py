# The searchers written plainly from their descriptions, over a reward that is arithmetic: prints the sequence of networks that each visits.
# Usage: searchers.py KIND SEED PARALLEL STEPS
import json, math, sys

M = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15


def mix(v):
    v = ((v ^ (v >> 30)) * 0xBF58476D1CE4E5B9) & M
    v = ((v ^ (v >> 27)) * 0x94D049BB133111EB) & M
    return v ^ (v >> 31)


class Stream:
    """SplitMix64 from a state that seed, round, sample and purpose decide."""

    def __init__(self, seed, round, sample, purpose):
        state = mix((seed + GOLDEN) & M)
        for word in (round, sample, purpose):
            state = mix(((state * 0xD1342543DE82EF95) + mix((word + GOLDEN) & M)) & M)
        self.state = state

    def next(self):
        self.state = (self.state + GOLDEN) & M
        return mix(self.state)

    def unit(self):
        return (self.next() >> 11) * 2.0**-53

    def below(self, n):
        """Lemire 2019, as Swift's RandomNumberGenerator has it; no draw for one number."""
        if n <= 1:
            return 0
        product = self.next() * n
        if product & M < n:
            floor = (-n & M) % n
            while product & M < floor:
                product = self.next() * n
        return product >> 64


sizes = [23, 17, 29, 31, 19]
lows = [0, 2, -1, 0, 10]
start = [2, 3, 0, 3, 10]


def reward(t):
    return (sum((i + 1) * x * x for i, x in enumerate(t)) * 7919 % 1000) / 1000


def feasible(t):
    return sum(t) % 5 != 0


def changed(tokens, stream):
    new = list(tokens)
    place = stream.below(len(new))
    new[place] = lows[place] + stream.below(sizes[place])
    return new


def drawn(stream):
    return [low + stream.below(size) for low, size in zip(lows, sizes)]


kind, seed, parallel, steps = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
visited, sequence, told = set(), [], 0
current, worth, rewarded = start, -1.0, 0
population = []
while len(sequence) < steps:
    number = len(sequence)
    stream = Stream(seed, number, 0, 0x5EA6)
    if not sequence:
        new = start
    else:
        parent = None
        if kind == "annealing":
            parent = current
        elif kind == "evolution" and population and (len(population) == 4 or number >= 16):
            best = population[stream.below(len(population))]
            for _ in range(2):
                other = population[stream.below(len(population))]
                if other[1] > best[1]:
                    best = other
            parent = best[0]
        while True:
            new = drawn(stream) if parent is None else changed(parent, stream)
            if tuple(new) not in visited:
                break
    visited.add(tuple(new))
    sequence.append(new)
    # As many feasible ones are under way as may be, and news arrives in order.
    while sum(map(feasible, sequence[told:])) >= parallel:
        t = sequence[told]
        chance = Stream(seed, told, 1, 0x5EA6)
        told += 1
        if not feasible(t):
            continue
        r = reward(t)
        if kind == "annealing":
            rewarded += 1
            heat = 10.24 * 0.85 ** (parallel * rewarded)
            if r > worth or chance.unit() <= math.exp((r - worth) / heat):
                current, worth = t, r
        elif kind == "evolution":
            population.append((t, r))
            if len(population) > 4:
                population.pop(0)
print(json.dumps(sequence))
