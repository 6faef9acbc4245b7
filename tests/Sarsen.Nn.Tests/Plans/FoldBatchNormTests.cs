using System.Runtime.InteropServices;
using Sarsen.Nn.Layers;
using Sarsen.Nn.Plans;
using Sarsen.Tensors;
using Sarsen.Tensors.Threads;

namespace Sarsen.Nn.Tests.Plans;

/// <summary>Every kind of batch norm behind a convolution: folded where its statistics are constants, and only there.</summary>
public class FoldBatchNormTests
{
    [Theory]
    [InlineData(true, true, 0.1, true)]
    [InlineData(false, true, 0.1, true)]
    [InlineData(true, true, null, true)]
    [InlineData(true, false, 0.1, false)]
    [InlineData(false, false, null, false)]
    public void A_plan_gives_what_the_module_gives(bool affine, bool tracks, double? momentum, bool folds)
    {
        var module = new Sequential(new Conv2d(3, 5, new Window2d(3, 3)), new BatchNorm2d(5, momentum: momentum, affine: affine, trackRunningStats: tracks));
        module.Initialize(2);
        var shape = new Shape(4, 3, 6, 7);
        float[] x = [.. Enumerable.Range(0, (int)shape.Count).Select(i => MathF.Sin(i * 0.7f) * 2)];
        using var arena = new Arena(Workers.Serial);
        using (Scope scope = arena.Begin(Mode.Training))
            module.Call(scope.From<float>(x, shape));
        float[] expected;
        using (Scope scope = arena.Begin(Mode.Inference))
            expected = module.Call(scope.From<float>(x, shape)).ToArray<float>();

        var plan = new Plan(module.Call, module, DType.F32);
        using var runner = new PlanRunner(plan, Workers.Serial);
        x.CopyTo(MemoryMarshal.Cast<byte, float>(runner.Prepare(shape)));
        runner.Run();
        float[] actual = runner.Output<float>().ToArray();

        plan.LayoutFor(shape, Workers.Serial).Steps.Count.ShouldBe(folds ? 1 : 2);
        for (int i = 0; i < expected.Length; i++)
            actual[i].ShouldBe(expected[i], 1e-5f * Math.Max(1, Math.Abs(expected[i])));
    }
}
