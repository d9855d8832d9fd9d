"""A sweep of the benchmark model over seeds with Mesa's batch_run, gini of every turn kept."""

import resource
import sys
import time

import mesa

from boltzmann_mesa import Boltzmann


def cpu():
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in both)


if __name__ == "__main__":
    runs, agents, turns, processes = (int(number) for number in sys.argv[1:5])
    wall, used = time.perf_counter(), cpu()
    mesa.batch_run(
        Boltzmann,
        {"n": agents, "seed": range(1, runs + 1)},
        number_processes=processes,
        data_collection_period=1,
        max_steps=turns - 1,  # it plays one more
        display_progress=False,
    )
    print(cpu() - used, time.perf_counter() - wall)
