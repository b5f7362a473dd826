"""Rows A to J: one step of training with each library on one and two threads, and the goals."""

import sys
import time

from programs import ROWS, THREADS, TITLES, duration, has_row, median, print_table, spread


def measure(programs, rows, rounds, minutes, seconds):
    """{row: {(library, threads): [nanoseconds, ...]}} and {row: flops}. What is compared runs close together in time, in an
    order that turns from round to round, so that the machine's noise hits all alike."""
    times = {row: {} for row in rows}
    flops = {}
    start = time.monotonic()
    longest = 0.0
    for number in range(rounds):
        began = time.monotonic()
        if began - start + longest > minutes * 60:
            print(f"{number} of {rounds} rounds in {minutes:g} minutes", file=sys.stderr)
            break
        for row in rows:
            cases = [(library, threads) for threads in THREADS for library in programs.libraries() if has_row(library, row)]
            turn = number % len(cases)
            for case in cases[turn:] + cases[:turn]:
                found = programs.step(*case, row, seconds)
                # A round without a figure holds a gap, so that rounds stay comparable.
                times[row].setdefault(case, []).append(found["real_time"] / found["operations"] if found else None)
                if found:
                    flops[row] = found["flops"]
        longest = max(longest, time.monotonic() - began)
        print(f"round {number + 1} of {rounds}: {time.monotonic() - began:.0f} s", file=sys.stderr)
    return times, flops


def known(values):
    return [value for value in values or [] if value is not None]


class Times:
    """The figures of a row. Ratios are taken within each round; their median counts."""

    def __init__(self, cases):
        self.cases = cases

    def median(self, library, threads):
        values = known(self.cases.get((library, threads)))
        return median(values) if values else None

    def ratio(self, above, below):
        """Median over the rounds of the smallest of the cases `above` over the smallest of the cases `below`."""
        above = [case for case in above if known(self.cases.get(case))]
        below = [case for case in below if known(self.cases.get(case))]
        if not above or not below:
            return None
        ratios = []
        for number in range(len(self.cases[below[0]])):
            top = known([self.cases[case][number] for case in above])
            bottom = known([self.cases[case][number] for case in below])
            if len(top) == len(above) and len(bottom) == len(below):
                ratios.append(min(top) / min(bottom))
        return median(ratios) if ratios else None


def goals(times, flops, gflops):
    """(goal, row, value, bound, whether met). `value` must reach `bound`, or stay below it where the goal says so."""
    found = []

    def at_least(goal, row, value, bound):
        if value is not None:
            found.append((goal, row, value, f">= {bound:g}", value >= bound))

    def at_most(goal, row, value, bound):
        if value is not None:
            found.append((goal, row, value, f"<= {bound:g}", value <= bound))

    rows = {row: Times(cases) for row, cases in times.items()}
    peers = [library for library in TITLES if library != "xgrad"]
    every = [(peer, threads) for peer in peers for threads in THREADS]
    for row, cell in rows.items():
        at_least("one thread: the best peer's time / ours", row, cell.ratio([(peer, 1) for peer in peers], [("xgrad", 1)]),
                 1.05 if row == "F" else 1.25)
    for row in (row for row in "ABCDEF" if row in rows):
        at_least("our time on one thread / on two", row, rows[row].ratio([("xgrad", 1)], [("xgrad", 2)]), 1.6)
        at_least("two threads: the best peer's time, on one or two / ours", row, rows[row].ratio(every, [("xgrad", 2)]), 1)
    ours = [("xgrad", threads) for threads in THREADS]
    for row in (row for row in "DE" if row in rows):
        at_least("libtorch's better time / our better", row,
                 rows[row].ratio([("libtorch", threads) for threads in THREADS], ours), 13)
    if "D" in rows and "E" in rows:
        both = Times({("E", threads): times["E"].get(("xgrad", threads), []) for threads in THREADS} |
                     {("D", threads): times["D"].get(("xgrad", threads), []) for threads in THREADS})
        for threads in THREADS:
            at_most(f"packed / padded, {threads} thread{'s' if threads > 1 else ''}", "E",
                    both.ratio([("E", threads)], [("D", threads)]), 0.6)
    for row, bound in (("H", 12000), ("J", 300)):
        if row in rows:
            at_most("nanoseconds, one thread", row, rows[row].median("xgrad", 1), bound)
    for row, bound in (("A", 0.75), ("D", 0.5), ("F", 0.85)):
        if row in rows and rows[row].median("xgrad", 1):
            limit = flops[row] / gflops
            at_least(f"the arithmetic's time at {gflops:g} GFLOP/s / ours, one thread", row,
                     limit / rows[row].median("xgrad", 1), bound)
    return found


def print_goals(found):
    print_table("Goals", ["row", "goal", "measured", "bound", ""],
                [[row, goal, f"{value:.3g}", bound, "met" if met else "not met"] for goal, row, value, bound, met in found])


def report(programs, rows, rounds, minutes, seconds, gflops):
    times, flops = measure(programs, rows, rounds, minutes, seconds)
    peers = [library for library in programs.libraries() if library != "xgrad"]
    header = ["row", ""]
    header += [f"{TITLES[library]} {threads}" for library in programs.libraries() for threads in THREADS]
    header += [f"{TITLES[peer]}/xgrad {threads}" for peer in peers for threads in THREADS]
    lines = []
    for row in rows:
        cell = Times(times[row])
        line = [row, ROWS[row]]
        for library in programs.libraries():
            for threads in THREADS:
                values = known(times[row].get((library, threads)))
                line.append(f"{duration(median(values))} +-{spread(values) * 100:.0f}%" if values else "-")
        for peer in peers:
            for threads in THREADS:
                ratio = cell.ratio([(peer, threads)], [("xgrad", threads)])
                line.append("-" if ratio is None else f"{ratio:.2f}")
        lines.append(line)
    print_table("One step of training (oneDNN: the recurrent layer alone, no loss, no optimizer) on 1 and 2 threads: median, "
                "and interquartile range over it.\nRatios: median over rounds, above 1 where xgrad is faster.", header, lines)
    found = goals(times, flops, gflops)
    print_goals(found)
    return {
        "rows": {
            row: [{"library": library, "threads": threads, "nanoseconds": values, "median": median(known(values)),
                   "spread": spread(known(values))}
                  for (library, threads), values in cases.items() if known(values)] for row, cases in times.items()
        },
        "flops": flops,
        "goals": [dict(zip(("goal", "row", "value", "bound", "met"), goal)) for goal in found],
    }
