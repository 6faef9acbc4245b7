using Sarsen.Nn.Schedules;

namespace Sarsen.Nn.Tests.Schedules;

public class ScheduleTests
{
    public static TheoryData<int> Cases() => [.. Enumerable.Range(0, ScheduleGolden.All.Length)];

    public static TheoryData<int> Plateaus() => [.. Enumerable.Range(0, ScheduleGolden.Plateaus.Length)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Factors_are_those_of_PyTorch(int index)
    {
        (LearningRateSchedule schedule, double[] expected) = ScheduleGolden.All[index];
        for (int step = 0; step < expected.Length; step++)
            schedule.FactorAt(step, 4, 12).ShouldBe(expected[step], 1e-12, $"{schedule}, step {step}");
    }

    [Theory]
    [MemberData(nameof(Plateaus))]
    public void Reductions_are_those_of_PyTorch(int index)
    {
        (ReduceOnPlateau schedule, double[] metrics, double[] expected) = ScheduleGolden.Plateaus[index];
        ReduceOnPlateau.State state = ReduceOnPlateau.State.Start;
        for (int i = 0; i < metrics.Length; i++)
        {
            state = schedule.Next(state, metrics[i]);
            state.Current.ShouldBe(expected[i], 1e-12, $"{schedule}, metric {i}");
        }
    }

    [Fact]
    public void Beyond_its_end_a_schedule_stays()
    {
        new CosineSchedule(0.1, 5).FactorAt(9, 4, 12).ShouldBe(0.1, 1e-12);
        new OneCycleSchedule().FactorAt(50, 4, 12).ShouldBe(1 / 25e4, 1e-12);
    }

    [Fact]
    public void What_cannot_be_is_refused()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => new StepSchedule(0)).Message.ShouldContain("StepSize is at least 1");
        Should.Throw<ArgumentOutOfRangeException>(() => new OneCycleSchedule(1));
        Should.Throw<ArgumentOutOfRangeException>(() => new CosineSchedule(TMax: 0));
        Should.Throw<ArgumentOutOfRangeException>(() => new LinearWarmupSchedule(5, 0));
        Should.Throw<ArgumentOutOfRangeException>(() => new ReduceOnPlateau(1));
        new OneCycleSchedule().FactorAt(0, 1, 1).ShouldBe(1 / 25e4, 1e-12);
    }
}
