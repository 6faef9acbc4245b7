using System.Text.Json;
using Sarsen.Data.Batches;
using Sarsen.Data.Tables;

namespace Sarsen.Data.Preprocessing;

/// <summary>
/// The fitted steps of a model, from raw columns to the tensor it reads, with what it predicts: what is stored with the
/// model, and the very same transform at training and at prediction. Immutable; safe for any number of threads.
/// </summary>
public sealed class Pipeline
{
    private Pipeline(SampleLayout input, TargetInfo target) => (Input, Target) = (input, target);

    /// <summary>The fields of a raw row, in order.</summary>
    public IReadOnlyList<FieldInfo> Fields { get; } = [];

    /// <summary>What one sample is encoded to.</summary>
    public SampleLayout Input { get; }

    /// <summary>Names of the elements of the last dimension of a feature vector; empty for pictures and token ids.</summary>
    public IReadOnlyList<string> FeatureNames { get; } = [];

    public TargetInfo Target { get; }

    /// <summary>Rows that one sample is made of: 1, or the length of a window.</summary>
    public int RowsPerSample { get; } = 1;

    /// <summary>Samples that <paramref name="rows"/> rows give: rows - RowsPerSample + 1.</summary>
    /// <exception cref="DataException">Too few rows.</exception>
    public int SamplesOf(int rows) => throw new NotImplementedException();

    /// <summary>Encodes raw rows: an object of field names and values, or an array of such objects.</summary>
    /// <param name="rows">The row or rows.</param>
    /// <param name="into">At least <see cref="SamplesOf"/> times Input.Bytes bytes.</param>
    /// <returns>The number of samples written.</returns>
    /// <exception cref="FieldException">A field is missing, unknown, of another type or out of range.</exception>
    public int Encode(JsonElement rows, Span<byte> into) => throw new NotImplementedException();

    /// <inheritdoc cref="Encode(JsonElement, Span{byte})"/>
    /// <param name="rows">Rows of a source; columns that are no fields are passed over.</param>
    /// <param name="into">As above.</param>
    public int Encode(RowBlock rows, Span<byte> into) => throw new NotImplementedException();

    /// <summary>Turns predicted values back into the target columns' units, in place: undoes scaling and logarithms. (rows, k).</summary>
    public void Decode(Span<float> values) => throw new NotImplementedException();

    /// <summary>Writes the pipeline as JSON.</summary>
    public void Save(Stream stream) => throw new NotImplementedException();

    /// <exception cref="DataException">It is no pipeline, or one of a later version.</exception>
    public static Pipeline Load(Stream stream) => throw new NotImplementedException();
}
