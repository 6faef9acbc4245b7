using Sarsen.Models.Gpt;
using Sarsen.Nn;
using Sarsen.Nn.Autograd;
using Sarsen.Nn.Ops;
using Sarsen.Nn.Optimizers;
using Sarsen.Tensors;
using Sarsen.Testing;

namespace Sarsen.Models.Tests.Gpt;

/// <summary>Names, logits, gradients and twenty steps of training, against a GPT made by hand in PyTorch.</summary>
public class GptParityTests
{
    private const int Vocabulary = 11, Batch = 2, Length = 9;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Parameters_have_the_names_and_the_order_of_nanoGPT(bool tied) =>
        Make(tied, DType.F32).State().Select(s => s.Name).ShouldBe(Golden(tied).Names);

    [Theory]
    [InlineData(true, DType.F64)]
    [InlineData(true, DType.F32)]
    [InlineData(false, DType.F64)]
    [InlineData(false, DType.F32)]
    public void Logits_gradients_and_twenty_steps_are_those_of_PyTorch(bool tied, DType type)
    {
        GptGolden golden = Golden(tied);
        GptModel model = Make(tied, type);
        double error = type == DType.F64 ? 1e-11 : GoldenValues.SingleError;
        (Tensor ids, Tensor targets) = (Stream(0), Stream(1));
        var optimizer = new AdamW(model, beta2: 0.99, weightDecay: 0.1);
        using var arena = new Arena();
        var tape = new Tape();
        for (int step = 0; step < golden.Losses.Length; step++)
        {
            model.ZeroGrad();
            using (arena.Begin(Mode.Training, tape, new Rng(1, "step", step)))
            {
                Tensor logits = model.Call(ids);
                logits.Shape.ShouldBe(new Shape(Batch, Length, Vocabulary));
                if (step == 0)
                    GoldenValues.Check(Values(logits), golden.Logits, error, "logits");
                double loss = tape.Backward(logits.CrossEntropy(targets));
                loss.ShouldBe(golden.Losses[step], (type == DType.F64 ? 1e-9 : GoldenValues.SingleLossError) * golden.Losses[step], $"step {step}");
            }
            if (step == 0)
            {
                foreach ((Parameter parameter, int p) in model.Parameters().Select((parameter, p) => (parameter, p)))
                    GoldenValues.Check(Values(parameter.Grad), golden.Grads[p], error, golden.Names[p]);
            }
            optimizer.Step(1e-2);
        }
    }

    private static GptGolden Golden(bool tied) => tied ? GptGolden.Tied : GptGolden.Untied;

    private static GptModel Make(bool tied, DType type)
    {
        var model = new GptModel(new GptConfig { VocabSize = Vocabulary, NPositions = 10, NEmbd = 12, NLayer = 2, NHead = 3, TieWordEmbeddings = tied }, type);
        foreach ((ModuleState state, int p) in model.State().Select((state, p) => (state, p)))
        {
            double offset = state.Name.Contains(".ln_") && state.Name.EndsWith("weight") ? 1 : 0;
            for (int i = 0; i < state.Value.Count; i++)
            {
                double u = ((double)i * i + 3 * i + 1) * 0.6180339887498949 + 0.1 * p;
                double value = 0.6 * (u - Math.Floor(u) - 0.5) + offset;
                if (type == DType.F64)
                    state.Value.AsSpan<double>()[i] = value;
                else
                    state.Value.AsSpan<float>()[i] = (float)value;
            }
        }
        return model;
    }

    private static Tensor Stream(int from)
    {
        var ids = new long[Batch * Length];
        for (int i = 0; i < ids.Length; i++)
        {
            (long b, long t) = (i / Length, i % Length + from);
            ids[i] = (7 * b + 3 * t * t + t) % Vocabulary;
        }
        return Tensor.From(ids, new Shape(Batch, Length));
    }

    private static double[] Values(Tensor tensor) =>
        tensor.DType == DType.F64 ? tensor.ToArray<double>() : Array.ConvertAll(tensor.ToArray<float>(), v => (double)v);
}
