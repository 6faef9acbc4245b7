using Sarsen.Serving.Buffers;

namespace Sarsen.Serving;

/// <summary>What a predictor takes and gives.</summary>
public sealed record PredictorInfo
{
    public required string Name { get; init; }

    public required string Version { get; init; }

    /// <summary>Project and format, as the Open Inference Protocol writes it: <c>sarsen_network</c>.</summary>
    public required string Platform { get; init; }

    /// <summary>At least one; the first dimension of each is the batch, -1.</summary>
    public required IReadOnlyList<TensorSpec> Inputs { get; init; }

    /// <summary>At least one; the first dimension of each is the batch, -1. The first is the one that predictions are read from.</summary>
    public required IReadOnlyList<TensorSpec> Outputs { get; init; }

    /// <summary>
    /// The names of the classes, in the order of the first output's last dimension, which holds their probabilities; or two
    /// names, where that dimension is 1 and holds the probability of the second. Empty where values are predicted.
    /// </summary>
    public IReadOnlyList<string> Classes { get; init; } = [];

    /// <summary>The names of the values in the first output's last dimension; empty where classes are predicted, or nothing is known.</summary>
    public IReadOnlyList<string> Targets { get; init; } = [];

    /// <summary>The most samples in one call, at least 1.</summary>
    public int MaxBatch { get; init; } = 64;

    /// <exception cref="ModelLoadException">The description contradicts itself.</exception>
    public void Validate()
    {
        if (Inputs.Count == 0 || Outputs.Count == 0)
            throw new ModelLoadException($"the predictor of '{Name}' has {Inputs.Count} inputs and {Outputs.Count} outputs: at least one of each is needed");
        foreach (TensorSpec spec in Inputs.Concat(Outputs))
        {
            if (spec.Shape.Count is 0 or > TensorBuffer.MaxRank || spec.Shape[0] != -1)
                throw new ModelLoadException($"the predictor of '{Name}' has '{spec}': its first dimension must be the batch, -1, of 1 to {TensorBuffer.MaxRank} dimensions");
        }
        if (Inputs.DistinctBy(i => i.Name).Count() < Inputs.Count || Outputs.DistinctBy(o => o.Name).Count() < Outputs.Count)
            throw new ModelLoadException($"the predictor of '{Name}' has two inputs or two outputs of one name");
        if (MaxBatch < 1)
            throw new ModelLoadException($"the predictor of '{Name}' takes at most {MaxBatch} samples a call: at least 1 is needed");
    }

    /// <summary>Empty tensors for a request's inputs; to be disposed of.</summary>
    public TensorBuffers NewInput() => new(Inputs);

    /// <summary>Empty tensors for an answer; to be disposed of.</summary>
    public TensorBuffers NewOutput() => new(Outputs);

    /// <summary>Checks that tensors are what the predictor reads, in order.</summary>
    /// <returns>The number of samples: the first dimension, which all have in common.</returns>
    /// <exception cref="InputException">They are not.</exception>
    public int CheckInput(TensorBuffers input)
    {
        if (input.Count != Inputs.Count)
            throw new InputException($"'{Name}' reads {Inputs.Count} inputs ({string.Join(", ", Inputs)}), {input.Count} were given");
        for (int i = 0; i < input.Count; i++)
        {
            TensorBuffer tensor = input[i];
            TensorSpec spec = Inputs[i];
            if (tensor.Name != spec.Name || tensor.Type != spec.Type)
                throw new InputException($"input {i} of '{Name}' is {spec}; '{tensor.Name}' of type {tensor.Type.WireName()} was given");
            spec.CheckShape(tensor.Shape);
            if (tensor.Type == DataType.Bytes && TensorBuffer.EncodedLength(tensor.Bytes, tensor.Elements) != tensor.Bytes.Length)
                throw new InputException($"input '{tensor.Name}' has shape {TensorSpec.Format(tensor.Shape)} and another number of elements");
            if (tensor.Shape[0] != input[0].Shape[0])
                throw new InputException($"input '{tensor.Name}' holds {tensor.Shape[0]} samples and input '{input[0].Name}' {input[0].Shape[0]}: all must hold the same number");
        }
        long rows = input[0].Shape[0];
        if (rows is < 1 or > int.MaxValue)
            throw new InputException($"input '{input[0].Name}' holds {rows} samples: at least one is needed");
        return (int)rows;
    }
}
