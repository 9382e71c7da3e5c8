"""Articles joined to groups of one story by average linkage: all alike on average, and no chain of neighbours."""

from __future__ import annotations

from collections.abc import Sequence


class Grouping:
    """Average linkage: ``links`` hold, from group to group, the sum of the similarities between their members."""

    def __init__(self, links: dict[int, dict[int, float]]) -> None:
        self._links = links
        self._members = {i: [i] for i in links}
        self._group = {i: i for i in links}

    def cohesion(self, i: int, j: int) -> float:
        """The mean similarity between the members of two articles' groups; 0 within one group."""
        one, other = self._group[i], self._group[j]
        return self._links[one].get(other, 0.0) / (len(self._members[one]) * len(self._members[other]))

    def join(self, i: int, j: int) -> None:
        """Make the groups of two articles one; the smaller one moves."""
        one, other = sorted((self._group[i], self._group[j]), key=lambda group: -len(self._links[group]))
        if one == other:
            return
        for third, total in self._links.pop(other).items():
            del self._links[third][other]
            if third != one:
                self._links[one][third] = self._links[third][one] = self._links[one].get(third, 0.0) + total
        for member in self._members[other]:
            self._group[member] = one
        self._members[one] += self._members.pop(other)

    def groups(self, edges: Sequence[tuple[int, int, float]]) -> list[list[tuple[int, float]]]:
        """The members of each group of two and more with their mean similarity to the others of it."""
        totals = dict.fromkeys(self._group, 0.0)
        for i, j, similarity in edges:
            if self._group[i] == self._group[j]:
                totals[i] += similarity
                totals[j] += similarity
        found = sorted(sorted(members) for members in self._members.values() if len(members) > 1)
        return [[(i, round(totals[i] / (len(members) - 1), 4)) for i in members] for members in found]
