"""The benchmark model in Mesa: sequential activation in random order, gini every turn (Mesa's own example model)."""

import resource
import sys
import time

import mesa


def gini(model):
    wealth = sorted(agent.wealth for agent in model.agents)
    n = len(wealth)
    weighted = sum(x * (n - i) for i, x in enumerate(wealth))
    return 1 + 1 / n - 2 * weighted / (n * sum(wealth))


class Trader(mesa.Agent):
    def __init__(self, model):
        super().__init__(model)
        self.wealth = 1

    def exchange(self):
        if self.wealth > 0:
            other = self.random.choice(self.model.traders)
            other.wealth += 1
            self.wealth -= 1


class Boltzmann(mesa.Model):
    def __init__(self, n, seed=1):
        super().__init__(seed=seed)
        Trader.create_agents(self, n)
        self.traders = list(self.agents)
        self.datacollector = mesa.DataCollector(model_reporters={"Gini": gini})
        self.datacollector.collect(self)

    def step(self):
        self.agents.shuffle_do("exchange")
        self.datacollector.collect(self)


def cpu():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    agents, turns = int(sys.argv[1]), int(sys.argv[2])
    model = Boltzmann(agents)
    wall, used = time.perf_counter(), cpu()
    for _ in range(turns):
        model.step()
    print(cpu() - used, time.perf_counter() - wall)
