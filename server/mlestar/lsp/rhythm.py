"""When work is worth beginning, learned from how a person types and from what the work costs. No delay is fixed.

A check of one keystroke costs little, so it begins at once; what is held back is the work that a next edit, already on
its way, would make worthless: inside a burst (a key held down, an editor that applies many edits one by one), or where
checks cost so much that they would not keep up with the typing.
"""

from __future__ import annotations

_UNSEEN_S = 0.1
"""A delay that nobody notices: edits that come at twice this rate are a burst, not a person."""
_LONGEST_S = 1.0
"""However long a burst lasts, what it has led to is checked this often."""
_IDLE_S = 1.0
"""A longer gap is not typing; nothing is learned from it."""
_LEARNT, _FORGOTTEN, _LIKELY = 0.5, 0.1, 0.1
"""A burst is expected again after one that was seen, for the next dozen edits that turn out to be none."""
_FIRST_GAP_S = 0.15
"""Between two keystrokes, before anything was learned: some 80 words a minute."""


class Rhythm:
    """The edits of one document in time. All times are seconds of one clock."""

    def __init__(self) -> None:
        self._last: float | None = None
        self._gap: float | None = None
        self._burst = False
        """Whether the last edit came so soon after the one before that no person made it."""
        self._burst_gap = _UNSEEN_S / 2
        self._followed = 0.0
        """How likely it is that an edit after a pause is the first of a burst."""
        self._lead = False
        self._typing = _FIRST_GAP_S
        self._spread = _FIRST_GAP_S / 2
        self._waiting: float | None = None

    def edit(self, now: float) -> None:
        """An edit arrived."""
        gap = None if self._last is None else now - self._last
        self._last = now
        self._gap = gap
        burst = gap is not None and gap <= _UNSEEN_S / 2
        if self._lead:
            share = _LEARNT if burst else _FORGOTTEN
            self._followed += (burst - self._followed) * share
        if gap is not None:
            if burst:
                self._burst_gap = gap if not self._burst else max(gap, (self._burst_gap + gap) / 2)
            elif gap < _IDLE_S:
                self._spread += (abs(gap - self._typing) - self._spread) / 8
                self._typing += (gap - self._typing) / 8
        self._lead = not burst
        self._burst = burst
        if self._waiting is None:
            self._waiting = now

    def began(self) -> None:
        """A check of everything so far begins."""
        self._waiting = None

    def check_at(self, cost: float) -> float:
        """When the check of what is there now should begin; ``cost`` is what the last checks took."""
        if self._last is None or self._waiting is None:
            return 0.0
        hold = 0.0
        if self._burst or (self._lead and self._followed >= _LIKELY):
            hold = 2 * self._burst_gap
        elif self._gap is not None and self._gap <= 2 * cost:
            hold = 2 * self._gap
        return min(self._last + hold, self._waiting + _LONGEST_S)

    def pause_at(self, cost: float) -> float:
        """When the person has surely stopped typing, if no edit comes until then.

        Later than almost all gaps between two keystrokes, and later still for work that costs much.
        """
        if self._last is None:
            return 0.0
        return self._last + min(self._typing + 3 * self._spread, _IDLE_S) + cost
