# SPDX-License-Identifier: MIT
"""
wgl.py - is what many clients saw of one doctor's calendar possible at all?

A history is linearizable when each operation can be given one moment between its
call and its answer such that, one after another, they are what a calendar does that
serves one at a time. The search is Wing and Gong's with Lowe's memory: take any
operation that nothing unplaced must precede, see whether the calendar can do it, go
on; a set of placed operations with the same calendar is never tried twice.

A history of several doctors is linearizable exactly when that of each doctor is
(Herlihy and Wing): so each is checked by itself, as long as no operation touches two.

An operation whose answer was lost is "unknown": it took effect once before `ret`, if
that is known (the daemon was dead then), or never.
"""
from typing import NamedTuple

NEVER = float("inf")


class Op(NamedTuple):
    call: float
    ret: float
    kind: str     # book, move, cancel, look (at a booking's time), free (starts on offer)
    who: object   # the booking; None for free
    start: object  # asked for; for look and free what was seen
    result: str   # ok, taken, gone (a move of what is not held), unknown

    def changes_nothing(self):
        return self.kind in ("look", "free") or self.result in ("taken", "gone")


class Calendar:
    """One doctor: bookings at a start, each taking up `length`. `starts` are on offer
    when nothing is taken. A state is a frozenset of (booking, start)."""

    def __init__(self, starts, length):
        self.starts, self.length = tuple(sorted(starts)), length

    def is_free(self, state, start, but=None):
        return start in self.starts and all(who == but or abs(start - at) >= self.length for who, at in state)

    def offered(self, state):
        return frozenset(s for s in self.starts if self.is_free(state, s))

    def at(self, state, who):
        return next((start for w, start in state if w == who), None)

    def next(self, state, op):
        """The states it may leave behind; none: it cannot have happened now."""
        held = self.at(state, op.who)
        if op.kind == "free":
            return [state] if self.offered(state) == op.start else []
        if op.kind == "look":
            return [state] if held == op.start else []
        if op.kind == "cancel":  # twice is once
            possible, after = True, state - {(op.who, held)}
        else:
            possible = (held is None) == (op.kind == "book") and self.is_free(state, op.start, op.who)
            after = (state - {(op.who, held)}) | {(op.who, op.start)}
        if op.result == "ok":
            return [after] if possible else []
        if op.result == "unknown":
            return [after, state] if possible and after != state else [state]
        if op.result == "gone":
            return [state] if held is None and op.kind == "move" else []
        assert op.result == "taken", op
        return [state] if not possible and (held is None) == (op.kind == "book") else []


class Undecided(Exception):
    """The search was given up: each lost answer doubles what is possible."""


class Search:
    def __init__(self, history, model, limit=NEVER):
        self.limit = limit  # of states looked at
        self.ops = sorted(history, key=lambda op: (op.call, op.ret))
        self.model, self.seen = model, set()
        self.furthest = 0  # the largest set of operations that could be placed

    def candidates(self, done):
        """The unplaced operations that none of the others must precede."""
        i = (~done & (done + 1)).bit_length() - 1
        first_answer, found = NEVER, []
        while i < len(self.ops) and self.ops[i].call <= first_answer:
            if not done >> i & 1:
                found.append(i)
                first_answer = min(first_answer, self.ops[i].ret)
            i += 1
        return sorted((i for i in found if self.ops[i].call <= first_answer), key=lambda i: self.ops[i].ret)

    def ways(self, done, state):
        """(placed, state) that can come next, the likeliest last."""
        out = []
        for i in self.candidates(done):
            after = self.model.next(state, self.ops[i])
            # What is possible now and never changes anything may as well happen now.
            if after and self.ops[i].changes_nothing():
                return [(done | 1 << i, state)]
            out += [(done | 1 << i, s) for s in after]
        return out[::-1]

    def run(self, first=frozenset()):
        whole, stack = (1 << len(self.ops)) - 1, [(0, first)]
        while stack:
            done, state = stack.pop()
            if done == whole:
                return True
            if (done, state) in self.seen:
                continue
            self.seen.add((done, state))
            if len(self.seen) > self.limit:
                raise Undecided
            if done.bit_count() > self.furthest.bit_count():
                self.furthest = done
            stack += self.ways(done, state)
        return False

    def stuck(self):
        """For people: the operations that came next when no more could be placed."""
        return [self.ops[i] for i in self.candidates(self.furthest)]


def explain(history, model, limit=NEVER):
    """None when the history is linearizable; else where it stops being so."""
    search = Search(history, model, limit)
    if search.run():
        return None
    return f"{search.furthest.bit_count()} of {len(search.ops)} can be placed, then none of:\n" + "\n".join(
        f"  {op}" for op in search.stuck())
