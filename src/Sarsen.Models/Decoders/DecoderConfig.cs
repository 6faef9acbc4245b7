using Sarsen.Nn;

namespace Sarsen.Models.Decoders;

/// <summary>
/// The sizes of a <see cref="DecoderModel"/> and what its family does its own way. Names are those of Hugging Face's
/// configurations where these have one; an architecture makes it from such a configuration or from a GGUF's metadata.
/// </summary>
public sealed record DecoderConfig
{
    /// <summary>Tokens in the vocabulary.</summary>
    public required int VocabSize { get; init; }

    /// <summary>C: elements of a token's vector.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Elements within the feed-forward network.</summary>
    public required int IntermediateSize { get; init; }

    public required int NumHiddenLayers { get; init; }

    public required int NumAttentionHeads { get; init; }

    /// <summary>Heads of keys and values, a divisor of <see cref="NumAttentionHeads"/>.</summary>
    public required int NumKeyValueHeads { get; init; }

    /// <summary>Elements of a head; it need not be C / heads.</summary>
    public required int HeadDim { get; init; }

    /// <summary>The most tokens of a sequence.</summary>
    public required int MaxPositionEmbeddings { get; init; }

    public DecoderNorm Norm { get; init; } = DecoderNorm.Rms;

    /// <summary>Added to mean squares and variances.</summary>
    public double NormEps { get; init; } = 1e-6;

    /// <summary>A vector learned for each position is added to the tokens' vectors, and heads do not turn.</summary>
    public bool LearnedPositions { get; init; }

    /// <summary>The base of the rotary frequencies.</summary>
    public double RopeTheta { get; init; } = 10000;

    /// <summary>The share of a head's elements that turn.</summary>
    public double PartialRotaryFactor { get; init; } = 1;

    /// <summary>Pairs that turn are neighbours; else element i and i + half.</summary>
    public bool RopeInterleaved { get; init; }

    public RopeScaling RopeScaling { get; init; }

    /// <summary>Positions that a layer with a window sees, its own among them; 0 where all see all.</summary>
    public int SlidingWindow { get; init; }

    /// <summary>Of so many layers the last sees all, the others have the window; 1 where every layer has it.</summary>
    public int SlidingWindowPattern { get; init; } = 1;

    /// <summary>The base of the rotary frequencies in layers with a window, unscaled; as in the others when null.</summary>
    public double? RopeLocalBaseFreq { get; init; }

    /// <summary>f(b) of the feed-forward network's a ⊗ f(b), or f of a plain one.</summary>
    public ActivationFunction HiddenAct { get; init; } = ActivationFunction.Silu;

    /// <summary>Is the feed-forward network down(up(x) ⊗ f(gate(x))); else down(f(up(x))).</summary>
    public bool GatedMlp { get; init; } = true;

    /// <summary>Have the maps to queries, keys and values biases.</summary>
    public bool AttentionBias { get; init; }

    /// <summary>Has attention's output map a bias.</summary>
    public bool AttentionOutBias { get; init; }

    /// <summary>Have the maps of the feed-forward network biases.</summary>
    public bool MlpBias { get; init; }

    /// <summary>Are queries and keys normalised, head by head, before they turn.</summary>
    public bool QkNorm { get; init; }

    /// <summary>Are what attention and feed-forward network add normalised too, besides what goes into them.</summary>
    public bool SandwichNorms { get; init; }

    /// <summary>Do attention and the feed-forward network both start from the layer's input, and are added at once.</summary>
    public bool ParallelResidual { get; init; }

    /// <summary>Multiplies the tokens' vectors.</summary>
    public double EmbeddingMultiplier { get; init; } = 1;

    /// <summary>Multiplies q · k; 1 / √<see cref="HeadDim"/> when null.</summary>
    public double? AttentionScale { get; init; }

    /// <summary>Scores of attention become c · tanh(scores / c); as they are when null.</summary>
    public double? AttnLogitSoftcapping { get; init; }

    /// <summary>Logits become c · tanh(logits / c); as they are when null.</summary>
    public double? FinalLogitSoftcapping { get; init; }

    /// <summary>The logits are products with the tokens' own vectors; else with a matrix of their own.</summary>
    public bool TieWordEmbeddings { get; init; }

    /// <summary>Has layer <paramref name="layer"/> the window.</summary>
    public bool HasWindow(int layer) => SlidingWindow > 0 && (SlidingWindowPattern <= 1 || (layer + 1) % SlidingWindowPattern != 0);

    /// <exception cref="ArgumentException">Sizes that are out of range or do not fit one another; the message says which.</exception>
    public void Validate()
    {
        AtLeastOne(VocabSize, nameof(VocabSize));
        AtLeastOne(HiddenSize, nameof(HiddenSize));
        AtLeastOne(IntermediateSize, nameof(IntermediateSize));
        AtLeastOne(NumHiddenLayers, nameof(NumHiddenLayers));
        AtLeastOne(NumAttentionHeads, nameof(NumAttentionHeads));
        AtLeastOne(NumKeyValueHeads, nameof(NumKeyValueHeads));
        AtLeastOne(HeadDim, nameof(HeadDim));
        AtLeastOne(MaxPositionEmbeddings, nameof(MaxPositionEmbeddings));
        if (NumAttentionHeads % NumKeyValueHeads != 0)
            throw new ArgumentException($"{NumAttentionHeads} heads cannot share {NumKeyValueHeads} heads of keys and values");
        if (AttnLogitSoftcapping is <= 0 || FinalLogitSoftcapping is <= 0)
            throw new ArgumentException($"a cap of scores or logits is above 0: they are {AttnLogitSoftcapping} and {FinalLogitSoftcapping}");
        if (!(PartialRotaryFactor is > 0 and <= 1))
            throw new ArgumentException($"the share of a head that turns is above 0 and at most 1: it is {PartialRotaryFactor}");
        if (!LearnedPositions && (RotaryDim is < 2 || RotaryDim % 2 != 0))
            throw new ArgumentException($"pairs of a head's elements turn: {RotaryDim} of {HeadDim} cannot");
        ArgumentOutOfRangeException.ThrowIfNegative(SlidingWindow);
    }

    /// <summary>Parameters of the matrices, which is nearly all; as a floating-point number, so that no configuration overflows it.</summary>
    public double ParameterCount
    {
        get
        {
            double c = HiddenSize, queries = (double)NumAttentionHeads * HeadDim, keys = (double)NumKeyValueHeads * HeadDim;
            double layer = (c * ((2 * queries) + (2 * keys))) + ((GatedMlp ? 3 : 2) * c * IntermediateSize);
            return (NumHiddenLayers * layer) + ((TieWordEmbeddings ? 1 : 2) * c * VocabSize) + (LearnedPositions ? c * MaxPositionEmbeddings : 0);
        }
    }

    /// <summary>Elements of a head that turn.</summary>
    public int RotaryDim => (int)(HeadDim * PartialRotaryFactor);

    private static void AtLeastOne(int value, string name)
    {
        if (value < 1)
            throw new ArgumentException($"{name} must be one or more: it is {value}");
    }
}
