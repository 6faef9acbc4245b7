using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Kernels;

/// <summary>Weights of the same inputs one under the other, as one: the maps to queries, keys and values when they are stored in different ways.</summary>
public sealed unsafe class StackedMatrix : WeightMatrix
{
    private readonly WeightMatrix[] _parts;

    /// <param name="parts">One or more, which this matrix owns from now on.</param>
    /// <exception cref="ArgumentException">They have different inputs.</exception>
    public StackedMatrix(IReadOnlyList<WeightMatrix> parts) : base(parts.Sum(p => p.Outputs), parts[0].Inputs)
    {
        if (parts.Any(p => p.Inputs != Inputs))
            throw new ArgumentException($"weights one under the other have the same inputs; given {string.Join(", ", parts.Select(p => p.Inputs))}", nameof(parts));
        _parts = [.. parts];
    }

    public override long Bytes => _parts.Sum(p => p.Bytes);

    public override long WorkspaceBytes(long rows, Workers workers)
    {
        long most = 0;
        foreach (WeightMatrix part in _parts)
            most = Math.Max(most, part.WorkspaceBytes(rows, workers));
        return most;
    }

    public override void Multiply(float* x, float* bias, float* y, nint rowStride, long rows, Workers workers, byte* workspace)
    {
        foreach (WeightMatrix part in _parts)
        {
            part.Multiply(x, bias, y, rowStride, rows, workers, workspace);
            y += part.Outputs;
            bias = bias == null ? null : bias + part.Outputs;
        }
    }

    public override void Gather(long* ids, long count, float* y)
    {
        for (long i = 0; i < count; i++)
        {
            long id = ids[i];
            foreach (WeightMatrix part in _parts)
            {
                if (id < part.Outputs)
                {
                    part.Gather(&id, 1, y + (i * Inputs));
                    break;
                }
                id -= part.Outputs;
            }
        }
    }

    public override void Dispose()
    {
        foreach (WeightMatrix part in _parts)
            part.Dispose();
    }
}
