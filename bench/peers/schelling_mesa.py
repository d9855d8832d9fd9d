"""Segregation in Mesa (Mesa's own example model): all judge their neighbourhood, the unhappy move to any vacant cell."""

import resource
import sys
import time

import mesa
from mesa.discrete_space import CellAgent, OrthogonalMooreGrid


class Household(CellAgent):
    def __init__(self, model, cell, group):
        super().__init__(model)
        self.cell = cell
        self.group = group
        self.happy = False

    def judge(self):
        neighbours = list(self.cell.get_neighborhood(radius=1).agents)
        similar = len([other for other in neighbours if other.group == self.group])
        self.happy = not neighbours or similar / len(neighbours) >= self.model.homophily
        if self.happy:
            self.model.happy += 1

    def move(self):
        if not self.happy:
            self.cell = self.model.grid.select_random_empty_cell()


class Schelling(mesa.Model):
    def __init__(self, households, width, homophily, seed=1):
        super().__init__(seed=seed)
        self.homophily = homophily
        self.happy = 0
        self.grid = OrthogonalMooreGrid((width, width), torus=True, capacity=1, random=self.random)
        for i, cell in enumerate(self.random.sample(list(self.grid.all_cells), households)):
            Household(self, cell, i % 2)
        self.datacollector = mesa.DataCollector(model_reporters={"happy": "happy"})
        self.agents.do("judge")
        self.datacollector.collect(self)

    def step(self):
        self.happy = 0
        self.agents.shuffle_do("move")
        self.agents.do("judge")
        self.datacollector.collect(self)


def cpu():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    households, width, turns = (int(number) for number in sys.argv[1:4])
    model = Schelling(households, width, homophily=0.8)
    wall, used = time.perf_counter(), cpu()
    for _ in range(turns):
        model.step()
    print(cpu() - used, time.perf_counter() - wall)
