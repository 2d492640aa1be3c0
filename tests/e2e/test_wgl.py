# SPDX-License-Identifier: MIT
"""
test_wgl.py - the checker of histories is itself checked: it takes what a calendar that
serves one at a time can have answered, and refuses the rest. It starts no daemon.
"""
import random
from harness import *
from wgl import NEVER, Calendar, Op, Search, explain

SEED = int(os.environ.get("SEED", int.from_bytes(os.urandom(4), "big")))
rng = random.Random(SEED)
DAY = Calendar(range(0, 120, 15), 40)


def book(call, ret, who, start, result="ok"):
    return Op(call, ret, "book", who, start, result)


def is_possible(*ops):
    return explain(list(ops), DAY) is None


# ---- by hand ----

@test
def of_two_who_book_overlapping_times_one_is_refused():
    for other in (0, 15, 30):
        for first, second in (((0, 2), (1, 3)), ((0, 1), (2, 3))):
            one = book(*first, "a", 0)
            equal([is_possible(one, book(*second, "b", other, r)) for r in ("ok", "taken")], [False, True], other)
    equal([is_possible(book(0, 1, "a", 0), book(2, 3, "b", 45, r)) for r in ("ok", "taken")], [True, False])
    assert not is_possible(book(0, 1, "a", 7)), "a start that is not on offer"


@test
def a_refusal_needs_somebody_who_can_have_been_first():
    assert is_possible(book(0, 9, "a", 0), book(1, 2, "b", 0, "taken"))
    assert not is_possible(book(3, 9, "a", 0), book(1, 2, "b", 0, "taken"))


@test
def a_time_that_was_given_back_can_be_booked_again():
    a, b = book(0, 1, "a", 0), book(4, 5, "b", 0)
    assert is_possible(a, Op(2, 3, "cancel", "a", None, "ok"), b)
    assert is_possible(a, Op(2, 9, "cancel", "a", None, "ok"), b)
    assert is_possible(a, Op(2, 9, "cancel", "a", None, "unknown"), b)
    assert not is_possible(a, Op(6, 9, "cancel", "a", None, "ok"), b)
    assert not is_possible(a, Op(2, 3, "cancel", "x", None, "ok"), b), "another's cancellation"
    assert is_possible(a, *(Op(2, 3, "cancel", "a", None, "ok") for _ in "twice"), b), "twice is once"


@test
def a_move_frees_the_old_time_takes_the_new_and_does_not_stand_in_its_own_way():
    a, b = book(0, 1, "a", 0), book(0, 1, "b", 60)

    def move(start, result, who="a"):
        return Op(2, 3, "move", who, start, result)

    assert is_possible(a, move(15, "ok")) and not is_possible(a, move(15, "taken"))
    assert is_possible(a, b, move(45, "taken")) and not is_possible(a, b, move(45, "ok"))
    assert is_possible(a, move(60, "ok"), book(4, 5, "c", 0)) and not is_possible(a, move(60, "taken"), book(4, 5, "c", 0))
    assert is_possible(a, b, move(45, "taken"), Op(4, 5, "look", "a", 0, "ok")), "refused: where it was"
    assert not is_possible(a, b, move(45, "taken"), Op(4, 5, "look", "a", None, "ok")), "neither the old nor the new"
    assert is_possible(a, move(60, "gone", "x")) and not is_possible(a, move(60, "gone"))


@test
def what_is_offered_is_what_is_free_neither_more_nor_less():
    a = book(0, 1, "a", 45)

    def free(*starts, call=2):
        return Op(call, call + 1, "free", None, frozenset(starts), "ok")

    assert is_possible(a, free(0, 90, 105))
    assert not is_possible(a, free(0, 45, 90, 105)), "a stale list"
    assert not is_possible(a, free(0, 90))
    assert is_possible(a, free(*DAY.starts, call=0)), "read while it was booked"


@test
def an_answer_that_was_lost_took_effect_once_before_the_end_or_never():
    lost = book(0, NEVER, "a", 0, "unknown")
    for later in (book(1, 2, "b", 0), book(1, 2, "b", 0, "taken")):
        assert is_possible(lost, later)
    assert is_possible(lost, book(1, 2, "b", 0), Op(3, 4, "cancel", "b", None, "ok"), book(5, 6, "c", 0, "taken"))
    dead = book(0, 3, "a", 0, "unknown")
    assert not is_possible(dead, book(1, 2, "b", 0), Op(4, 5, "cancel", "b", None, "ok"), book(6, 7, "c", 0, "taken"))
    assert not is_possible(lost, book(1, 2, "b", 0, "taken"), book(3, 4, "c", 0)), "it does not come and go"


# ---- by chance ----

def random_history(count, clients, wrong=0.0):
    """What `clients` saw of a calendar that decides at one moment within each call;
    with the chance `wrong` it grants what is taken, and keeps both."""
    state, free_at, history, mistakes = frozenset(), [0.0] * clients, [], 0
    for i in range(count):
        client = rng.randrange(clients)
        call = free_at[client] + rng.random()
        history.append([call, call + rng.random() * 3, client, i])
        free_at[client] = history[-1][1]
    moments = sorted((rng.uniform(h[0], h[1]), h) for h in history)
    out = []
    for _, (call, ret, client, i) in moments:
        kind = rng.choice(["book", "book", "book", "move", "cancel", "look", "free"])
        who = f"b{i}" if kind == "book" else rng.choice([w for w, _ in state] + ["nobody"])
        start, held = rng.choice(DAY.starts), DAY.at(state, who)
        if kind == "free":
            out.append(Op(call, ret, kind, None, DAY.offered(state), "ok"))
            continue
        if kind == "look":
            out.append(Op(call, ret, kind, who, held, "ok"))
            continue
        after = [s for s in DAY.next(state, Op(0, 0, kind, who, start, "unknown")) if s != state]
        is_done = after or kind == "cancel" or held == start
        result = "ok" if is_done else "taken" if kind == "book" or held is not None else "gone"
        if result == "taken" and kind == "book" and rng.random() < wrong:
            result, after, mistakes = "ok", [state | {(who, start)}], mistakes + 1
        if result == "ok" and after:
            state = after[0]
        lost = rng.random() < 0.03
        out.append(Op(call, NEVER if lost else ret, kind, who, None if kind == "cancel" else start,
                      "unknown" if lost else result))
    return out, mistakes


@test
def two_thousand_histories_of_a_right_calendar_are_accepted():
    for _ in range(2000):
        history, _ = random_history(30, rng.choice([2, 4, 8]))
        said = explain(history, DAY)
        assert said is None, f"seed {SEED}: {said}"


@test
def histories_with_a_time_granted_twice_are_refused():
    """Some are possible all the same: the two calls overlapped a cancellation."""
    refused, wrong = 0, 0
    for _ in range(1000):
        history, mistakes = random_history(30, rng.choice([2, 4]), 0.2)
        wrong += mistakes > 0
        refused += mistakes > 0 and explain(history, DAY) is not None
    assert wrong > 800 and refused > wrong * 0.9, f"seed {SEED}: {refused} of {wrong} refused"
    print(f"        seed {SEED}: {refused} of {wrong} with a double grant refused")


def by_all_orders(history, placed=(), state=frozenset()):
    """The definition itself, for short histories."""
    left = [op for op in history if op not in placed]
    if not left:
        return True
    return any(by_all_orders(history, placed + (op,), s)
               for op in left if all(op.call <= other.ret for other in left)
               for s in DAY.next(state, op))


@test
def short_histories_are_judged_as_trying_all_orders_judges_them():
    judged = {True: 0, False: 0}
    for _ in range(1500):
        history, _ = random_history(6, 3, 0.5)
        # Also what no calendar said: one answer is exchanged.
        if rng.random() < 0.5:
            i = rng.randrange(len(history))
            if history[i].kind in ("book", "move"):
                history[i] = history[i]._replace(result=rng.choice(["ok", "taken", "gone"]))
        expected = by_all_orders(history)
        judged[expected] += 1
        equal(Search(history, DAY).run(), expected, f"seed {SEED}: {history}")
    assert min(judged.values()) > 100, judged


@test
def a_long_history_of_many_clients_takes_seconds():
    rng.seed(20261126)  # of lost answers that stay open for ever some histories take hours
    history, _ = random_history(3000, 8)
    said = explain(history, DAY)
    assert said is None, said


finish()
