"""How much of a cause a signal tells."""

import collections
import math


def confusion(signals):
    """`signals`: of each cause, what was seen, once a repetition. The share of times that a cause, in the row, looked like one
    that the column's cause showed too, spread over all that showed it: a row sums to 1."""
    showed = collections.defaultdict(set)
    for cause, seen in signals.items():
        for signal in seen:
            showed[signal].add(cause)
    matrix = {cause: dict.fromkeys(signals, 0.0) for cause in signals}
    for cause, seen in signals.items():
        for signal in seen:
            for other in showed[signal]:
                matrix[cause][other] += 1 / len(seen) / len(showed[signal])
    return matrix


def bits(signals):
    """The mutual information of cause and signal, the causes being equally likely:

    I = sum over c, s of p(c,s) * log2(p(c,s) / (p(c) * p(s))), with p(c) = 1/n and p(s|c) as it was observed.

    From 0, where all look alike, to log2(n), where each has a signal of its own."""
    joint = collections.Counter()
    for cause, seen in signals.items():
        for signal in seen:
            joint[cause, signal] += 1 / len(seen) / len(signals)
    total = collections.Counter()
    for (_, signal), probability in joint.items():
        total[signal] += probability
    # Not below zero by a rounding.
    return max(0.0, sum(
        probability * math.log2(probability * len(signals) / total[signal])
        for (_, signal), probability in joint.items()))


def alike(signals):
    """The causes in groups that showed exactly the same, the largest first."""
    groups = collections.defaultdict(list)
    for cause, seen in signals.items():
        groups[frozenset(seen)].append(cause)
    return sorted(groups.values(), key=lambda group: (-len(group), group))
