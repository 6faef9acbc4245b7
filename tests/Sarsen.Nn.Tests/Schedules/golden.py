"""Learning rates of torch.optim.lr_scheduler over runs of 12 steps in 3 epochs, base rate 1: writes ScheduleGolden.cs."""
import os
import warnings

import torch
from torch.optim import lr_scheduler as s

warnings.simplefilter("ignore")
STEPS, PER_EPOCH = 12, 4


def rates(make, every=1, base=1.0):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=base)
    schedule = make(optimizer)
    values = []
    for step in range(STEPS):
        values.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if (step + 1) % every == 0:
            schedule.step()
    return values


def case(text, values):
    return f"        (new {text}, [{', '.join(map(repr, values))}]),"


def plateau(text, metrics, **options):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    schedule = s.ReduceLROnPlateau(optimizer, **options)
    values = []
    for metric in metrics:
        schedule.step(metric)
        values.append(optimizer.param_groups[0]["lr"])
    numbers = ", ".join("double.NaN" if m != m else repr(m) for m in metrics)
    return f"        (new ReduceOnPlateau({text}),\n            [{numbers}],\n            [{', '.join(map(repr, values))}]),"


def sequence(o, first, second, at):
    return s.SequentialLR(o, [first(o), second(o)], [at])


cases = [
    case("ConstantSchedule()", [1.0] * STEPS),
    case("StepSchedule(1, 0.5)", rates(lambda o: s.StepLR(o, 1, 0.5), PER_EPOCH)),
    case("StepSchedule(2)", rates(lambda o: s.StepLR(o, 2), PER_EPOCH)),
    case("StepSchedule(5, 0.3, ByEpochs: false)", rates(lambda o: s.StepLR(o, 5, 0.3))),
    case("CosineSchedule()", rates(lambda o: s.CosineAnnealingLR(o, STEPS))),
    case("CosineSchedule(0.1, 11)", rates(lambda o: s.CosineAnnealingLR(o, 11, eta_min=0.1))),
    case("CosineSchedule(0.2, ByEpochs: true)", rates(lambda o: s.CosineAnnealingLR(o, 3, eta_min=0.2), PER_EPOCH)),
    case("LinearWarmupSchedule()", rates(lambda o: s.LinearLR(o))),
    case("LinearWarmupSchedule(2, 0.25, ByEpochs: true)", rates(lambda o: s.LinearLR(o, 0.25, total_iters=2), PER_EPOCH)),
    case("LinearWarmupSchedule(4, 0.1, new CosineSchedule(0.05))",
         rates(lambda o: sequence(o, lambda p: s.LinearLR(p, 0.1, total_iters=4), lambda p: s.CosineAnnealingLR(p, 8, eta_min=0.05), 4))),
    case("OneCycleSchedule()", rates(lambda o: s.OneCycleLR(o, 1.0, STEPS, cycle_momentum=False))),
    case("OneCycleSchedule(0.45, 10, 100, Linear: true)",
         rates(lambda o: s.OneCycleLR(o, 1.0, STEPS, pct_start=0.45, anneal_strategy="linear", div_factor=10, final_div_factor=100, cycle_momentum=False))),
]
nan = float("nan")
falling = [3.0, 2.5, 2.49999, 2.4999, 2.6, 2.4, 2.4, 2.4, 2.4, 2.4, 2.4, 2.4, 1.0, 1.0, 1.0, 1.0, nan, nan, 1.0, 1.0]
plateaus = [
    plateau("Patience: 1", falling, patience=1),
    plateau("0.5, 0, MinFactor: 0.2", falling, factor=0.5, patience=0, min_lr=0.2),
    plateau("0.5, 1, 0.05, true, 2", falling, factor=0.5, patience=1, threshold=0.05, threshold_mode="abs", cooldown=2),
    plateau("0.3, 1, 0.01, Cooldown: 1, MoreIsBetter: true", [-m if m == m else m for m in falling],
            factor=0.3, patience=1, threshold=0.01, cooldown=1, mode="max"),
    plateau("0.9, 0, 0.2, true, Eps: 0.09, MoreIsBetter: true", [0.1, 0.5, 0.6, 0.65, 0.8, 0.9, 0.9, 0.9],
            factor=0.9, patience=0, threshold=0.2, threshold_mode="abs", mode="max", eps=0.09),
    plateau("0.5, 1", [nan, nan, nan, 1.0, 0.5, 0.6, 0.6], factor=0.5, patience=1),
]

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "ScheduleGolden.cs"), "w", newline="\n") as out:
    out.write("""using Sarsen.Nn.Schedules;

namespace Sarsen.Nn.Tests.Schedules;

/// <summary>Written by golden.py: the rates of 12 steps in epochs of 4, and those after each of some metrics.</summary>
internal static class ScheduleGolden
{
    public static readonly (LearningRateSchedule Schedule, double[] Factors)[] All =
    [
""" + "\n".join(cases) + """
    ];

    public static readonly (ReduceOnPlateau Schedule, double[] Metrics, double[] Factors)[] Plateaus =
    [
""" + "\n".join(plateaus) + "\n    ];\n}\n")
