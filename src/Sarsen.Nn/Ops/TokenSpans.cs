using Sarsen.Nn.Autograd;
using Sarsen.Tensors;

namespace Sarsen.Nn.Ops;

/// <summary>
/// The rows of each sequence of a padded batch, (B, 4) in I64: b·T, T, b·M, and how many of the M keys count. An operation,
/// so that a graph computes them from what each call is given.
/// </summary>
/// <param name="name">The operation's name.</param>
/// <param name="kind">What says how many keys count.</param>
public sealed unsafe class TokenSpansOp(string name, TokenSpansOp.Source kind) : Op
{
    internal static readonly TokenSpansOp Uniform = new("token_spans", Source.All);
    internal static readonly TokenSpansOp Padded = new("token_spans_padded", Source.Ids);
    internal static readonly TokenSpansOp Lengths = new("token_spans_lengths", Source.Lengths);

    public enum Source
    {
        /// <summary>All keys; of the input the batch's size is looked at.</summary>
        All,

        /// <summary>Ids (B, T): the keys between padding before and behind.</summary>
        Ids,

        /// <summary>Lengths (B).</summary>
        Lengths,
    }

    internal readonly record struct Use(long Queries, long Keys, long PaddingId);

    public override string Name => name;

    public override bool HasGradient => false;

    public override bool BackwardReadsInputs => false;

    public override void Infer(ref OpShapes s)
    {
        TensorInfo x = s.Inputs[0];
        int rank = kind switch { Source.Lengths => 1, Source.Ids => 2, _ => 0 };
        if (x.Shape.Rank < 1 || (rank > 0 && (x.Shape.Rank != rank || x.DType != DType.I64)))
            throw new ShapeException($"{name}: {(kind == Source.Lengths ? "lengths (B)" : "ids (B, T)")} in I64 expected, given {x.DType} {x.Shape}");
        s.Output(DType.I64, new Shape(x.Shape[0], 4));
    }

    public override void Check(in OpArgs a)
    {
        (TensorView lengths, long keys) = (a.Inputs[0], a.Attributes<Use>().Keys);
        for (long b = 0; b < lengths.Count && kind == Source.Lengths; b++)
        {
            if ((ulong)lengths.I64[b] > (ulong)keys)
                throw new ArgumentOutOfRangeException(nameof(lengths), lengths.I64[b], $"TokenSpans: a length must be in 0 … {keys}; that of sequence {b} is not");
        }
    }

    public override void Forward(in OpArgs a)
    {
        (Use use, TensorView x) = (a.Attributes<Use>(), a.Inputs[0]);
        long* spans = a.Outputs[0].I64;
        for (long b = 0; b < x.Shape[0]; b++, spans += 4)
        {
            (spans[0], spans[1], spans[2]) = (b * use.Queries, use.Queries, b * use.Keys);
            spans[3] = kind == Source.Lengths ? x.I64[b] : use.Keys;
            if (kind == Source.Ids)
                CutPadding(x.I64, use.PaddingId, ref spans[2], ref spans[3]);
        }
    }

    private static void CutPadding(long* ids, long padding, ref long first, ref long count)
    {
        while (count > 0 && ids[first + count - 1] == padding)
            count--;
        while (count > 0 && ids[first] == padding)
            (first, count) = (first + 1, count - 1);
    }

    public override IEnumerable<OpSample> Samples =>
    [
        kind switch
        {
            Source.Ids => new("ids", OpAttributes.Of(new Use(5, 5, 0)), SampleInput.Indices(new Shape(4, 5), 2)),
            Source.Lengths => new("lengths", OpAttributes.Of(new Use(3, 7, 0)), SampleInput.Indices(new Shape(4), 8)),
            _ => new("a batch", OpAttributes.Of(new Use(3, 3, 0)), SampleInput.Indices(new Shape(2, 3), 5)),
        },
    ];
}
