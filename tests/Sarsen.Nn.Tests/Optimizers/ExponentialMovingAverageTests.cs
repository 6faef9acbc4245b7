using Sarsen.Nn.Layers;
using Sarsen.Nn.Optimizers;
using Sarsen.Tensors;
using Sarsen.Tensors.Threads;
using Sarsen.Testing;

namespace Sarsen.Nn.Tests.Optimizers;

public class ExponentialMovingAverageTests
{
    private static void Fill(Module module, int step)
    {
        foreach (Parameter parameter in module.Parameters())
        {
            for (int i = 0; i < parameter.Value.Count; i++)
            {
                if (module.DType == DType.F64)
                    parameter.Value.AsSpan<double>()[i] = Math.Sin(step * 3 + i);
                else
                    parameter.Value.AsSpan<float>()[i] = (float)Math.Sin(step * 3 + i);
            }
        }
    }

    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F64)]
    public void The_average_begins_with_the_first_weights_and_follows(DType type)
    {
        var module = new Linear(3, 5, type: type);
        var average = new ExponentialMovingAverage(module, 0.9);
        double[] expected = new double[15];
        for (int step = 0; step < 6; step++)
        {
            Fill(module, step);
            average.Update(Workers.Serial);
            for (int i = 0; i < 15; i++)
                expected[i] = step == 0 ? Math.Sin(i) : 0.9 * expected[i] + 0.1 * Math.Sin(step * 3 + i);
        }
        average.Updates.ShouldBe(6);
        double[] values = Autograd.SampleTensors.Values(average.State().First().Value);
        for (int i = 0; i < 15; i++)
            values[i].ShouldBe(expected[i], 1e-6);
    }

    [Fact]
    public void Swapped_twice_all_is_as_before()
    {
        var module = new Linear(3, 5);
        var average = new ExponentialMovingAverage(module, 0.5);
        average.Swap();
        Fill(module, 0);
        average.Update(Workers.Serial);
        Fill(module, 1);
        average.Update(Workers.Serial);
        float[] weights = module.Weight.Value.ToArray<float>(), averages = average.State().First().Value.ToArray<float>();
        average.Swap();
        module.Weight.Value.ToArray<float>().ShouldBe(averages);
        average.Swap();
        module.Weight.Value.ToArray<float>().ShouldBe(weights);
        average.State().First().Value.ToArray<float>().ShouldBe(averages);
    }

    [Fact]
    public void Names_are_the_parameters_and_a_steady_update_allocates_nothing()
    {
        var module = new Sequential(new Linear(3, 5), new BatchNorm1d(5));
        var average = new ExponentialMovingAverage(module);
        average.State().Select(s => s.Name).ShouldBe(["0.weight", "0.bias", "1.weight", "1.bias", "updates"]);
        average.Bytes.ShouldBe((15 + 5 + 5 + 5) * 4 + 8);
        average.Update(Workers.Serial);
        AllocatedBytes.Of(() =>
        {
            for (int i = 0; i < 5; i++)
                average.Update(Workers.Serial);
        }).ShouldBe(0);
        Should.Throw<ArgumentOutOfRangeException>(() => new ExponentialMovingAverage(module, 1)).ParamName.ShouldBe("decay");
    }
}
