using Sarsen.Nn.Autograd;
using Sarsen.Nn.Ops;
using Sarsen.Tensors;
using Sarsen.Tensors.Threads;
using Sarsen.Testing;

namespace Sarsen.Nn.Tests.Autograd;

/// <summary>What holds for every operation, checked by walking the catalogue.</summary>
public class CatalogueTests
{
    public static TheoryData<string, string> Samples()
    {
        var data = new TheoryData<string, string>();
        foreach (Op op in OpCatalogue.All)
        {
            foreach (OpSample sample in op.Samples)
                data.Add(op.Name, sample.Name);
        }
        return data;
    }

    private static (Op Op, OpSample Sample) Find(string op, string sample)
    {
        Op found = OpCatalogue.All.Single(o => o.Name == op);
        return (found, found.Samples.Single(s => s.Name == sample));
    }

    [Fact]
    public void Names_are_unique_and_every_operation_has_samples()
    {
        OpCatalogue.All.Select(o => o.Name).ShouldBeUnique();
        foreach (Op op in OpCatalogue.All)
        {
            op.Samples.ShouldNotBeEmpty(op.Name);
            op.Samples.Select(s => s.Name).ShouldBeUnique(op.Name);
        }
    }

    /// <summary>
    /// d/dx Σ w·y by central differences, in f64. The differences' own error is about h² + 1e-16 / h, some 1e-9 here.
    /// </summary>
    [Theory]
    [MemberData(nameof(Samples))]
    public void Gradients_agree_with_finite_differences(string opName, string sampleName)
    {
        (Op op, OpSample sample) = Find(opName, sampleName);
        if (!op.HasGradient)
            return;
        double[][] values = SampleTensors.Draw(sample);
        double[][] grads = Run(op, sample, values, DType.F64).Grads;
        const double h = 3e-6;
        for (int i = 0; i < sample.Inputs.Count; i++)
        {
            if (!sample.Inputs[i].Grad)
                continue;
            for (int e = 0; e < values[i].Length; e++)
            {
                double at = values[i][e];
                values[i][e] = at + h;
                double up = Run(op, sample, values, DType.F64, backward: false).Loss;
                values[i][e] = at - h;
                double down = Run(op, sample, values, DType.F64, backward: false).Loss;
                values[i][e] = at;
                double expected = (up - down) / (2 * h);
                grads[i][e].ShouldBe(expected, 1e-6 * Math.Max(1, Math.Abs(expected)), $"input {i}, element {e}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void F32_agrees_with_f64(string opName, string sampleName)
    {
        (Op op, OpSample sample) = Find(opName, sampleName);
        double[][] values = SampleTensors.Draw(sample);
        Result narrow = Run(op, sample, values, DType.F32, backward: op.HasGradient);
        Result wide = Run(op, sample, values, DType.F64, backward: op.HasGradient);
        // A norm of two values gives ±1 and a gradient that is what large terms leave over: of it f32 keeps fewer digits.
        // PyTorch's in f32 is off by 4e-4 in the median over random inputs of this shape.
        double error = (opName, sampleName) == ("group_norm", "rows") ? 1e-4 : GoldenValues.SingleError;
        for (int i = 0; i < wide.Outputs.Length; i++)
            GoldenValues.Check(narrow.Outputs[i], wide.Outputs[i], error, $"output {i}");
        for (int i = 0; i < wide.Grads.Length; i++)
            GoldenValues.Check(narrow.Grads[i], wide.Grads[i], error, $"gradient of input {i}");
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Bits_do_not_depend_on_the_number_of_threads(string opName, string sampleName)
    {
        (Op op, OpSample sample) = Find(opName, sampleName);
        double[][] values = SampleTensors.Draw(sample);
        Result one = Run(op, sample, values, DType.F32, op.HasGradient, Workers.Serial);
        Result all = Run(op, sample, values, DType.F32, op.HasGradient, Workers.Shared);
        for (int i = 0; i < one.Outputs.Length; i++)
            one.Outputs[i].ShouldBe(all.Outputs[i]);
        for (int i = 0; i < one.Grads.Length; i++)
            one.Grads[i].ShouldBe(all.Grads[i]);
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_shape_only_run_gives_the_shapes_and_the_peak_of_a_real_one(string opName, string sampleName)
    {
        (Op op, OpSample sample) = Find(opName, sampleName);
        double[][] values = SampleTensors.Draw(sample);
        Result real = Run(op, sample, values, DType.F32, op.HasGradient);
        Result dry = Run(op, sample, values, DType.F32, op.HasGradient, mode: Mode.Shapes);
        dry.Shapes.ShouldBe(real.Shapes);
        dry.Peak.ShouldBe(real.Peak);
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_steady_step_allocates_nothing(string opName, string sampleName)
    {
        (Op op, OpSample sample) = Find(opName, sampleName);
        if (!op.HasGradient)
            return;
        Tensor[] inputs = SampleTensors.Make(sample, SampleTensors.Draw(sample), DType.F32);
        using var arena = new Arena(Workers.Serial);
        var tape = new Tape();
        for (int i = 0; i < 3; i++)
            Step(arena, tape, op, sample, inputs);
        AllocatedBytes.Of(() =>
        {
            for (int i = 0; i < 10; i++)
                Step(arena, tape, op, sample, inputs);
        }).ShouldBe(0);
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_strided_input_gives_what_its_contiguous_copy_gives(string opName, string sampleName)
    {
        (Op op, OpSample sample) = Find(opName, sampleName);
        double[][] values = SampleTensors.Draw(sample);
        double[][] plain = Run(op, sample, values, DType.F64, backward: false).Outputs;
        for (int i = 0; i < sample.Inputs.Count; i++)
        {
            if (sample.Inputs[i].Shape.Rank < 2)
                continue;
            double[][] strided = Run(op, sample, values, DType.F64, backward: false, transpose: i).Outputs;
            for (int o = 0; o < plain.Length; o++)
                strided[o].ShouldBe(plain[o]);
        }
    }

    private sealed record Result(double Loss, double[][] Outputs, double[][] Grads, string[] Shapes, long Peak);

    private static void Step(Arena arena, Tape tape, Op op, OpSample sample, Tensor[] inputs)
    {
        foreach (Tensor input in inputs)
            input.ZeroGrad();
        using Scope scope = arena.Begin(Mode.Training, tape, new Rng(3, "step"));
        Tensor output = default;
        TensorList results = default;
        Dispatch.Run(op, sample.Attributes, inputs, results);
        foreach (Tensor result in (Span<Tensor>)results)
            output = output.IsNone && !result.IsNone && result.RequiresGrad ? result : output;
        tape.Backward(output.Sum());
    }

    /// <summary>One run; the loss is Σ w·y over all differentiable results, w fixed and different for each element.</summary>
    private static Result Run(Op op, OpSample sample, double[][] values, DType type, bool backward = true,
        Workers? workers = null, Mode mode = Mode.Training, int transpose = -1)
    {
        Tensor[] inputs = SampleTensors.Make(sample, values, type);
        using var arena = new Arena(workers ?? Workers.Serial);
        var tape = new Tape();
        double loss = 0;
        double[][] outputs;
        string[] shapes;
        using (Scope scope = arena.Begin(mode, tape, new Rng(3, "step")))
        {
            Tensor[] given = [.. inputs];
            if (transpose >= 0)
                given[transpose] = given[transpose].Transpose().Contiguous().Transpose();
            TensorList list = default;
            Dispatch.Run(op, sample.Attributes, given, list);
            Tensor[] results = [.. ((Span<Tensor>)list).ToArray().Where(r => !r.IsNone)];
            shapes = [.. results.Select(r => $"{r.DType} {r.Shape}")];
            outputs = mode == Mode.Shapes ? [] : [.. results.Select(SampleTensors.Values)];
            Tensor total = default;
            foreach (Tensor result in results.Where(r => r.RequiresGrad))
            {
                double[] weights = [.. Enumerable.Range(0, (int)result.Count).Select(i => (double)(float)(1 + 0.37 * Math.Sin(i + 1)))];
                Tensor weighted = (result * SampleTensors.Make(new SampleInput(result.Shape, Grad: false), weights, type)).Sum();
                total = total.IsNone ? weighted : total + weighted;
            }
            if (!total.IsNone && mode != Mode.Shapes)
                loss = total.Item();
            if (backward && !total.IsNone)
                tape.Backward(total);
        }
        double[][] grads = backward && mode != Mode.Shapes
            ? [.. inputs.Select(i => i.RequiresGrad ? SampleTensors.Values(i.Grad) : [])]
            : [];
        return new Result(loss, outputs, grads, shapes, arena.PeakBytes);
    }
}
