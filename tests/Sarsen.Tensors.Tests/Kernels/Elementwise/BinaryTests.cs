using Sarsen.Tensors.Kernels;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Tests.Kernels;

public unsafe class BinaryTests
{
    [Fact]
    public void Add_is_one_loop_on_all_paths() => Check(new Add(), 6e-8);

    [Fact]
    public void Subtract_is_one_loop_on_all_paths() => Check(new Subtract(), 6e-8);

    [Fact]
    public void Multiply_is_one_loop_on_all_paths() => Check(new Multiply(), 6e-8);

    [Fact]
    public void Divide_is_one_loop_on_all_paths() => Check(new Divide(), 3e-7);

    [Fact]
    public void Maximum_is_one_loop_on_all_paths() => Check(new Maximum(), 0);

    [Fact]
    public void Minimum_is_one_loop_on_all_paths() => Check(new Minimum(), 0);

    [Fact]
    public void Axpy_is_one_loop_on_all_paths() => Check(new Axpy(0.375f), 6e-8);

    [Fact]
    public void SquaredError_is_one_loop_on_all_paths() => Check(new SquaredError(), 3e-7);

    [Fact]
    public void AbsoluteError_is_one_loop_on_all_paths() => Check(new AbsoluteError(), 6e-8);

    [Fact]
    public void HuberError_is_one_loop_on_all_paths() => Check(new HuberError(0.75), 3e-7);

    [Fact]
    public void BinaryCrossEntropy_is_one_loop_on_all_paths() => Check(new BinaryCrossEntropy(1.5), 1e-6);

    [Fact]
    public void Arithmetic_of_special_values_is_that_of_IEEE_754()
    {
        Table(new Add(), (a, b) => a + b);
        Table(new Subtract(), (a, b) => a - b);
        Table(new Multiply(), (a, b) => a * b);
        Table(new Divide(), (a, b) => a / b);
        Table(new Maximum(), MathF.Max, zerosAlike: true);
        Table(new Minimum(), MathF.Min, zerosAlike: true);
        Table(new Axpy(-0.5f), (a, b) => MathF.FusedMultiplyAdd(-0.5f, a, b));
    }

    /// <summary>A rows by columns result from operands of every way to lie: whole, one row, one column, one number, transposed.</summary>
    private static void Check<TOp>(TOp op, double tolerance) where TOp : struct, IBinaryOp
    {
        foreach (int columns in KernelMemory.Lengths)
        {
            var shape = new Shape(3, columns);
            (Shape Strides, long Count)[] layouts =
            [
                (shape.Contiguous(), 3 * columns),
                (Shape.Unchecked([0, 1]), columns),
                (Shape.Unchecked([1, 0]), 3),
                (Shape.Unchecked([0, 0]), 1),
                (Shape.Unchecked([1, 3]), 3 * columns),
            ];
            // Every pair of layouts at one length, the whole with each at all the others.
            for (int i = 0; i < layouts.Length; i++)
            {
                for (int j = 0; j < layouts.Length; j++)
                {
                    if (columns == 17 || i == 0 || (i == 1 && j == 0))
                        Check(op, new StridedPlan(shape, layouts[i].Strides, layouts[j].Strides, shape.Contiguous()), layouts[i].Count, layouts[j].Count, tolerance);
                }
            }
        }
    }

    private static void Check<TOp>(TOp op, StridedPlan plan, long countA, long countB, double tolerance) where TOp : struct, IBinaryOp
    {
        float[] a = Widths.Normal(Math.Max(1, countA), "a"), b = Widths.Normal(Math.Max(1, countB), "b"), dy = Widths.Normal(plan.Count, "dy");
        string what = $"{typeof(TOp).Name} of {plan.Count}, {countA} and {countB}";
        for (int part = 0; part < 3; part++)
        {
            float[] y = KernelMemory.Agree(what, memory =>
            {
                float* pa = memory.Put(a), pb = memory.Put(b), pd = memory.Put(dy), py = memory.New<float>(plan.Count, 7);
                if (part == 0)
                    Binary.Forward(Workers.Serial, op, plan, pa, pb, py);
                else if (part == 1)
                    Binary.BackwardA(Workers.Serial, op, plan, pa, pb, pd, py);
                else
                    Binary.BackwardB(Workers.Serial, op, plan, pa, pb, pd, py);
                return KernelMemory.Read(py, plan.Count);
            });
            double[] expected = new double[plan.Count];
            fixed (double* wa = KernelMemory.Wide(a), wb = KernelMemory.Wide(b), wd = KernelMemory.Wide(dy), wy = expected)
            {
                if (part == 0)
                    Binary.Forward(op, plan, wa, wb, wy);
                else if (part == 1)
                    Binary.BackwardA(op, plan, wa, wb, wd, wy);
                else
                    Binary.BackwardB(op, plan, wa, wb, wd, wy);
            }
            // Relative to each element: a quotient's gradient can be large.
            for (int i = 0; i < y.Length; i++)
            {
                if (!(Math.Abs(y[i] - expected[i]) <= tolerance * Math.Max(1, Math.Abs(expected[i]))))
                    throw new ShouldAssertException($"{what}, part {part}: element {i} is {y[i]:R}, expected {expected[i]:R}");
            }
        }
    }

    private static void Table<TOp>(TOp op, Func<float, float, float> expected, bool zerosAlike = false) where TOp : struct, IBinaryOp
    {
        float[] special = KernelMemory.Special;
        float[] a = [.. special.SelectMany(_ => special)], b = [.. special.SelectMany(s => Enumerable.Repeat(s, special.Length))];
        var shape = new Shape(a.Length);
        var plan = new StridedPlan(shape, shape.Contiguous(), shape.Contiguous());
        float[] y = KernelMemory.Agree(typeof(TOp).Name, memory =>
        {
            float* py = memory.New<float>(a.Length);
            Binary.Forward(Workers.Serial, op, plan, memory.Put(a), memory.Put(b), py);
            return KernelMemory.Read(py, a.Length);
        });
        float[] table = [.. a.Zip(b, expected)];
        for (int i = 0; i < y.Length; i++)
        {
            if (!(zerosAlike && y[i] == 0 && table[i] == 0))
                Widths.FirstDifference([y[i]], [table[i]]).ShouldBe(-1, $"{typeof(TOp).Name} of {a[i]:R} and {b[i]:R} is {y[i]:R}, expected {table[i]:R}");
        }
    }

    [Fact]
    public void The_destination_may_be_an_operand_and_threads_do_not_matter()
    {
        float[] a = Widths.Normal(100_003, "a"), b = Widths.Normal(100_003, "b");
        var shape = new Shape(a.Length);
        var plan = new StridedPlan(shape, shape.Contiguous(), shape.Contiguous());
        float[] expected = [.. a.Zip(b, (x, y) => x * y)];
        fixed (float* pa = a, pb = b)
            Binary.Forward(Workers.Shared, default(Multiply), plan, pa, pb, pa);
        a.ShouldBe(expected);
    }
}
