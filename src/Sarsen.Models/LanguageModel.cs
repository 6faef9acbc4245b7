using Sarsen.Nn;
using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Models;

/// <summary>
/// A transformer that gives for each token the logits of the next. It trains and reads prompts on ids (B, T), or on a
/// <see cref="TokenBatch"/> of sequences of any lengths, and decodes over the batch's cache. An architecture is a subclass.
/// </summary>
public abstract class LanguageModel(DType type = DType.F32) : Module(type)
{
    /// <summary>How many tokens there are.</summary>
    public abstract int VocabSize { get; }

    /// <summary>The most tokens of a sequence.</summary>
    public abstract int ContextLength { get; }

    /// <summary>What a cache holds of a token.</summary>
    public abstract KvShape KvShape { get; }

    /// <summary>Logits of the wanted rows, (N, vocabSize), for the batch's tokens. With a pool their keys and values are added to it.</summary>
    /// <exception cref="ArgumentException">The batch is of another model's pool, or a sequence is longer than the context.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A token is not in the vocabulary.</exception>
    public Tensor Call(TokenBatch batch)
    {
        if (batch.Pool is { } pool && pool.Shape != KvShape)
            throw new ArgumentException($"the batch's pool caches {pool.Shape}, this model needs {KvShape}: make the pool with the model's KvShape", nameof(batch));
        foreach (long position in batch.Positions)
        {
            if (position >= ContextLength)
                throw new ArgumentException($"a token stands at position {position}, the context has {ContextLength}: cut the sequence", nameof(batch));
        }
        ModuleCall call = BeginCall();
        return EndCall(call, Forward(batch.ToContext()));
    }

    /// <summary>Ids (B, T) in I64 to logits (B, T, vocabSize).</summary>
    protected override Tensor Forward(Tensor ids)
    {
        Shape shape = ids.Shape;
        if (shape.Rank != 2 || shape[1] > ContextLength)
            throw new ShapeException($"{Kind} at '{Path}': ids (B, T) with T up to {ContextLength} expected, given {shape}");
        return Forward(TokenContext.Of(ids)).Reshape(shape[0], shape[1], VocabSize); // (B, T, vocabSize)
    }

    /// <summary>Logits of the wanted rows, (N, vocabSize).</summary>
    protected abstract Tensor Forward(in TokenContext context);
}
