using Sarsen.Nn.Autograd;
using Sarsen.Nn.Ops;
using Sarsen.Tensors;
using Sarsen.Tensors.Threads;

namespace Sarsen.Nn.Tests.Ops;

/// <summary>Operations by index on tensors that many workers share: the values and the bits of the plain loop, which goes row-major.</summary>
public class IndexThreadTests
{
    private static readonly Shape s_x = new(40, 50, 60);

    // Smaller than x in the dimensions that it does not point along, and in none of them.
    public static TheoryData<int, bool> Cases => new() { { 0, true }, { 1, true }, { 2, true }, { 0, false }, { 1, false }, { 2, false } };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Gathering_and_scattering_are_those_of_the_plain_loop_on_any_number_of_threads(int dim, bool smaller)
    {
        Shape shape = smaller ? new Shape(35, 45, 55) : s_x;
        float[] x = Values(s_x.Count, "x"), elements = Values(shape.Count, "elements");
        long[] index = Ids(shape.Count, s_x[dim]);
        float[] picked = new float[shape.Count], added = new float[s_x.Count], sum = [.. x], put = [.. x], cleared = [.. x];
        for (int i = 0; i < index.Length; i++)
        {
            long at = Place(i, shape, dim, index[i]);
            picked[i] = x[at];
            added[at] += elements[i];
            sum[at] += elements[i];
            put[at] = elements[i];
            cleared[at] = 0;
        }
        Tensor ids = Tensor.From(index, shape);
        OnAnyThreads(() =>
        {
            Tensor given = Tensor.From(x, s_x).WithGrad();
            Backward(given.Gather(dim, ids), elements, picked);
            given.Grad.ToArray<float>().ShouldBe(added);

            Tensor source = Tensor.From(elements, shape).WithGrad();
            given = Tensor.From(x, s_x).WithGrad();
            Backward(given.ScatterAdd(dim, ids, source), x, sum);
            source.Grad.ToArray<float>().ShouldBe(picked);
            given.Grad.ToArray<float>().ShouldBe(x);

            (source, given) = (Tensor.From(elements, shape).WithGrad(), Tensor.From(x, s_x).WithGrad());
            Backward(given.Scatter(dim, ids, source), x, put);
            source.Grad.ToArray<float>().ShouldBe(picked);
            given.Grad.ToArray<float>().ShouldBe(cleared);
        });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Selecting_is_that_of_the_plain_loop_on_any_number_of_threads(int dim)
    {
        Shape shape = s_x.With(dim, 70);
        float[] x = Values(s_x.Count, "x"), elements = Values(shape.Count, "elements"), picked = new float[shape.Count], added = new float[s_x.Count];
        long[] index = Ids(70, s_x[dim]);
        Shape strides = shape.Contiguous();
        for (int i = 0; i < picked.Length; i++)
        {
            long at = Place(i, shape, dim, index[i / strides[dim] % shape[dim]]);
            picked[i] = x[at];
            added[at] += elements[i];
        }
        Tensor ids = Tensor.From(index, new Shape(70));
        OnAnyThreads(() =>
        {
            Tensor given = Tensor.From(x, s_x).WithGrad();
            Backward(given.IndexSelect(dim, ids), elements, picked);
            given.Grad.ToArray<float>().ShouldBe(added);
        });
    }

    [Fact]
    public void Temporal_classification_has_the_same_bits_on_any_number_of_threads()
    {
        const int steps = 30, batch = 17, classes = 12, labels = 9;
        float[] values = [.. Values(steps * batch * classes, "logits")];
        Tensor targets = Tensor.From([.. Ids(batch * labels, classes - 1).Select(i => i + 1)], new Shape(batch, labels));
        Tensor inputLengths = Tensor.From([.. Enumerable.Range(0, batch).Select(n => (long)(steps - n % 8))], new Shape(batch));
        Tensor targetLengths = Tensor.From([.. Enumerable.Range(0, batch).Select(n => (long)(n % (labels + 1)))], new Shape(batch));
        double first = 0;
        float[] grad = [];
        OnAnyThreads(() =>
        {
            Tensor x = Tensor.From(values, new Shape(steps, batch, classes)).WithGrad();
            Tensor result = x.LogSoftmax().CtcLoss(targets, inputLengths, targetLengths);
            double loss = ((Tape)ScopeFrame.Current!.Tape!).Backward(result);
            (first, grad) = grad.Length == 0 ? (loss, x.Grad.ToArray<float>()) : (first, grad);
            loss.ShouldBe(first);
            x.Grad.ToArray<float>().ShouldBe(grad);
        });
        first.ShouldBeGreaterThan(0);
    }

    private static void OnAnyThreads(Action step)
    {
        foreach (int threads in (ReadOnlySpan<int>)[1, 2, 3, 7])
        {
            Workers workers = Workers.Start(threads);
            using (var arena = new Arena(workers))
            {
                using Scope scope = arena.Begin(Mode.Training, new Tape());
                step();
            }
            workers.Stop();
        }
    }

    private static void Backward(Tensor result, float[] gradient, float[] expected)
    {
        result.ToArray<float>().ShouldBe(expected);
        ((Tape)ScopeFrame.Current!.Tape!).Backward(result, Tensor.From(gradient, result.Shape));
    }

    private static long Place(long element, Shape shape, int dim, long chosen)
    {
        Shape strides = s_x.Contiguous();
        long place = 0;
        for (int d = shape.Rank - 1; d >= 0; d--)
        {
            place += (d == dim ? chosen : element % shape[d]) * strides[d];
            element /= shape[d];
        }
        return place;
    }

    private static float[] Values(long count, string stream)
    {
        var rng = new Rng(5, stream);
        return [.. Enumerable.Range(0, (int)count).Select(i => (float)rng.Normal(i))];
    }

    private static long[] Ids(long count, long limit)
    {
        var rng = new Rng(5, "ids");
        return [.. Enumerable.Range(0, (int)count).Select(i => rng.Below(i, limit))];
    }
}
