using Sarsen.Serving.Buffers;

namespace Sarsen.Serving.Tests;

public class PredictionTests
{
    [Fact]
    public void Classes_come_with_all_probabilities()
    {
        Prediction p = Read(["a", "b", "c"], [], new TensorSpec("p", DataType.Fp32, -1, 3), 0.25f, 0.5f, 0.25f).ShouldHaveSingleItem();
        (p.Class, p.Probability).ShouldBe(("b", 0.5));
        p.Probabilities.ShouldBe([new("a", 0.25), new("b", 0.5), new("c", 0.25)]);
        p.Values.ShouldBeNull();
    }

    [Fact]
    public void One_probability_of_two_classes_is_the_seconds()
    {
        IReadOnlyList<Prediction> p = Read(["no", "yes"], [], new TensorSpec("p", DataType.Fp32, -1, 1), 0.75f, 0.25f);
        p.Select(x => x.Class).ShouldBe(["yes", "no"]);
        p[0].Probabilities.ShouldBe([new("no", 0.25), new("yes", 0.75)]);
    }

    [Fact]
    public void Values_have_their_targets_names()
    {
        Read([], ["low", "high"], new TensorSpec("y", DataType.Fp32, -1, 2), 1, 2).Single().Values.ShouldBe([new("low", 1), new("high", 2)]);
        Read([], [], new TensorSpec("y", DataType.Fp32, -1), 1, 2).Select(p => p.Values!.Single()).ShouldBe([new("y", 1), new("y", 2)]);
    }

    [Fact]
    public void What_is_no_number_is_no_class()
    {
        IReadOnlyList<Prediction> p = Read(["a", "b"], [], new TensorSpec("p", DataType.Fp32, -1, 2), float.NaN, 0.5f, float.NaN, float.NaN);
        p.Select(x => x.Class).ShouldBe(["b", null]);
    }

    [Fact]
    public void Pictures_are_no_predictions() =>
        Should.Throw<NotSupportedException>(() => Read([], [], new TensorSpec("mask", DataType.Fp32, -1, 2, 2), 1, 2, 3, 4)).Message.ShouldContain("mask");

    private static IReadOnlyList<Prediction> Read(string[] classes, string[] targets, TensorSpec spec, params float[] values)
    {
        var info = new PredictorInfo { Name = "m", Version = "1", Platform = "t", Inputs = [new TensorSpec("x", DataType.Fp32, -1)], Outputs = [spec], Classes = classes, Targets = targets };
        using TensorBuffers output = info.NewOutput();
        long[] shape = [.. spec.Shape];
        shape[0] = values.Length / shape.Skip(1).Aggregate(1L, (a, b) => a * b);
        output[0].Reshape(shape);
        values.CopyTo(output[0].As<float>());
        return Prediction.Read(info, output);
    }
}
