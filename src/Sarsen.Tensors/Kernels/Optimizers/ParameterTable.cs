using System.Runtime.CompilerServices;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// All parameters of an optimizer as one line of elements, cut into equal chunks: a step over a hundred small parameters
/// forks once, not a hundred times. The table is made once; rows whose gradient is null are passed over. F32 only.
/// </summary>
public sealed unsafe class ParameterTable
{
    // A chunk's elements: some microseconds of work, and a multiple of the stretch of a sum.
    private const long ChunkElements = 1 << 14;

    private readonly ParameterRow[] _rows;
    private readonly long[] _counts;
    private readonly (int Row, long Element)[] _starts;
    private readonly int[] _firstPartial;
    private readonly double[] _partials;

    /// <param name="counts">The number of elements of each parameter.</param>
    public ParameterTable(ReadOnlySpan<long> counts)
    {
        _counts = Pinned<long>(counts.Length);
        counts.CopyTo(_counts);
        _rows = Pinned<ParameterRow>(counts.Length);
        _firstPartial = Pinned<int>(counts.Length);
        int partials = 0;
        for (int row = 0; row < counts.Length; row++)
        {
            _firstPartial[row] = partials;
            partials = checked(partials + (int)Reduce.WholePartials(counts[row]));
        }
        List<(int, long)> starts = Cut(counts);
        _starts = Pinned<(int, long)>(starts.Count);
        starts.CopyTo(_starts);
        _partials = Pinned<double>(partials);
    }

    // Within a row chunks begin at whole stretches of its sum; the end of the line stands behind the last.
    private static List<(int Row, long Element)> Cut(ReadOnlySpan<long> counts)
    {
        var starts = new List<(int, long)>();
        long left = 0;
        for (int row = 0; row < counts.Length; row++)
        {
            for (long element = 0; element < counts[row];)
            {
                long rest = counts[row] - element, taken = rest <= left ? rest : left / Reduce.Stretch * Reduce.Stretch;
                if (taken == 0)
                {
                    starts.Add((row, element));
                    left = ChunkElements;
                    continue;
                }
                element += taken;
                // Going to a parameter costs something, however small it is.
                left -= Math.Max(taken, 256);
            }
        }
        starts.Add((counts.Length, 0));
        return starts;
    }

    /// <summary>The rows, to be pointed at memory.</summary>
    public Span<ParameterRow> Rows => _rows;

    /// <summary>One step on every row that has a gradient.</summary>
    /// <param name="workers">Who computes.</param>
    /// <param name="steps">The step of each row; pinned.</param>
    public void Step<TStep>(Workers workers, TStep* steps) where TStep : unmanaged, IOptimizerStep =>
        For(workers, new StepOn<TStep> { Steps = steps, Rows = At(_rows) });

    /// <summary>g ← f(g) on every row that has a gradient.</summary>
    public void MapGradients<TOp>(Workers workers, TOp op) where TOp : struct, IUnaryOp => For(workers, new MapOn<TOp> { Op = op, Rows = At(_rows) });

    /// <summary>Σ g² of each row that has a gradient, in f64, and those in the rows' order.</summary>
    public double SquaredGradients(Workers workers)
    {
        For(workers, new SquaresOn { Rows = At(_rows), First = At(_firstPartial), Partials = At(_partials) });
        double total = 0;
        for (int row = 0; row < _rows.Length; row++)
        {
            double sum = 0;
            for (long s = 0; s < Reduce.WholePartials(_counts[row]) && _rows[row].G is not null; s++)
                sum += _partials[_firstPartial[row] + s];
            total += sum;
        }
        return total;
    }

    private void For<TWork>(Workers workers, TWork work) where TWork : struct, IRowWork
    {
        var range = new Range<TWork> { Work = work, Rows = At(_rows), Counts = At(_counts), Starts = At(_starts) };
        VectorRanges.For(workers, ref range, _starts.Length - 1, ChunkElements);
    }

    /// <summary>What is done with the elements begin … end - 1 of a row.</summary>
    private interface IRowWork
    {
        void Run<V>(int row, long begin, long end) where V : struct, IVector<V>;
    }

    private struct StepOn<TStep> : IRowWork where TStep : unmanaged, IOptimizerStep
    {
        public TStep* Steps;
        public ParameterRow* Rows;

        public readonly void Run<V>(int row, long begin, long end) where V : struct, IVector<V> => OptimizerStep.Run<V, TStep>(Steps[row], Rows[row], begin, end);
    }

    private struct MapOn<TOp> : IRowWork where TOp : struct, IUnaryOp
    {
        public TOp Op;
        public ParameterRow* Rows;

        public readonly void Run<V>(int row, long begin, long end) where V : struct, IVector<V>
        {
            TOp op = Op;
            float* g = Rows[row].G;
            for (nint i = (nint)begin; i < (nint)end; i += 16)
            {
                nint n = Math.Min(16, (nint)end - i);
                op.Apply(V.Load(g + i, n)).Store(g + i, n);
            }
        }
    }

    private struct SquaresOn : IRowWork
    {
        public ParameterRow* Rows;
        public int* First;
        public double* Partials;

        public readonly void Run<V>(int row, long begin, long end) where V : struct, IVector<V>
        {
            for (long s = begin / Reduce.Stretch; s * Reduce.Stretch < end; s++)
                Partials[First[row] + s] = SumOfSquares.Of(Rows[row].G + s * Reduce.Stretch, (nint)Math.Min(Reduce.Stretch, end - s * Reduce.Stretch));
        }
    }

    private struct Range<TWork> : IVectorRange where TWork : struct, IRowWork
    {
        public TWork Work;
        public ParameterRow* Rows;
        public long* Counts;
        public (int Row, long Element)* Starts;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<V>(long begin, long end) where V : struct, IVector<V>
        {
            for (long chunk = begin; chunk < end; chunk++)
            {
                (int row, long element) = Starts[chunk];
                (int lastRow, long lastElement) = Starts[chunk + 1];
                for (; row < lastRow || (row == lastRow && element < lastElement); row++, element = 0)
                {
                    if (Rows[row].G is not null)
                        Work.Run<V>(row, element, row == lastRow ? lastElement : Counts[row]);
                }
            }
        }
    }

    private static T[] Pinned<T>(int count) => GC.AllocateArray<T>(count, pinned: true);

    // The arrays are pinned and live as long as the table, which the caller holds.
    private static T* At<T>(T[] pinned) where T : unmanaged => (T*)Unsafe.AsPointer(ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(pinned));
}
