"""Likeness of words: cosine of weighted words, pairs of words and four-letter pieces of words; exact, no hashing."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from runtime.agent.words import fold, mask

Floats = npt.NDArray[np.float32]


class Wording:
    """The features of a fixed set of texts, rare ones weighing more. Doesn't change: thread-safe."""

    def __init__(self, texts: Sequence[str]) -> None:
        counted = [_features(text) for text in texts]
        self._count = len(texts)
        seen = Counter(feature for features in counted for feature in features)
        self._rarity = {feature: float(np.log((1 + self._count) / (1 + times)) + 1) for feature, times in seen.items()}
        self._unseen = float(np.log(1 + self._count) + 1)
        columns = {feature: number for number, feature in enumerate(seen)}
        cells = [
            (columns[feature], at, weight)
            for at, features in enumerate(counted)
            for feature, weight in self._weighted(features).items()
        ]
        column, place, weight = (np.array(values) for values in zip(*cells, strict=True)) if cells else ((), (), ())
        order = np.argsort(column, kind="stable")
        self._columns = columns
        self._places = np.asarray(place, np.int32)[order]
        self._weights = np.asarray(weight, np.float32)[order]
        self._ends = np.cumsum(np.bincount(column, minlength=len(columns))) if cells else np.zeros(0, np.int64)

    def among_themselves(self) -> Floats:
        """[texts, texts]."""
        likeness = np.zeros((self._count, self._count), np.float32)
        for column in range(len(self._columns)):
            places, weights = self._having(column)
            likeness[np.ix_(places, places)] += np.outer(weights, weights)
        return likeness

    def likeness(self, text: str) -> Floats:
        """Of `text` to each of the texts, 0…1: float32 [texts]. Words that none of them has make it less like all."""
        likeness = np.zeros(self._count, np.float32)
        for feature, weight in self._weighted(_features(text)).items():
            if (column := self._columns.get(feature)) is not None:
                places, weights = self._having(column)
                likeness[places] += weight * weights
        return likeness

    def _having(self, column: int) -> tuple[npt.NDArray[np.int32], Floats]:
        """The texts that have a feature, and what it weighs in each."""
        part = slice(self._ends[column - 1] if column else 0, self._ends[column])
        return self._places[part], self._weights[part]

    def _weighted(self, features: Counter[str]) -> dict[str, float]:
        weights = {
            feature: float(np.log1p(times)) * self._rarity.get(feature, self._unseen)
            for feature, times in features.items()
        }
        length = sum(weight * weight for weight in weights.values()) ** 0.5 or 1.0
        return {feature: weight / length for feature, weight in weights.items()}


def _features(text: str) -> Counter[str]:
    words = fold(mask(text)).split()
    features = Counter(f"w{word}" for word in words)
    features.update(f"p{first} {second}" for first, second in pairwise(words))
    for word in words:
        edged = f"<{word}>"
        features.update(f"c{edged[at : at + 4]}" for at in range(len(edged) - 3))
    return features
