using Sarsen.Data.Batches;
using Sarsen.Data.Corpora;
using Sarsen.Data.Preprocessing;
using Sarsen.Data.Splits;
using Sarsen.Data.Tables;

namespace Sarsen.Data;

/// <summary>Data as a run reads it: split, with steps fitted on the training part, as three sets of samples.</summary>
public sealed class PreparedData : IDisposable
{
    internal PreparedData(Schema schema, Pipeline pipeline, IReadOnlyDictionary<Part, SampleSet> sets, PrepareReport report)
    {
        (Schema, Pipeline, Report) = (schema, pipeline, report);
        Training = sets[Part.Training];
        Validation = sets.GetValueOrDefault(Part.Validation);
        Test = sets.GetValueOrDefault(Part.Test);
    }

    /// <summary>The raw columns.</summary>
    public Schema Schema { get; }

    /// <summary>The fitted steps, to be stored with the model.</summary>
    public Pipeline Pipeline { get; }

    public SampleSet Training { get; }

    /// <summary>Null where the split has no such part.</summary>
    public SampleSet? Validation { get; }

    /// <inheritdoc cref="Validation"/>
    public SampleSet? Test { get; }

    public PrepareReport Report { get; }

    /// <summary>Reads, splits, fits and encodes.</summary>
    /// <param name="spec">What the data is.</param>
    /// <param name="steps">From raw columns to inputs, in order.</param>
    /// <param name="seed">Of the split and of random steps.</param>
    /// <param name="options">Null: defaults.</param>
    /// <param name="stop">Cancels between blocks of rows.</param>
    /// <exception cref="DataException">The data is not what spec and steps say; cause and cure are in the message.</exception>
    public static PreparedData Prepare(DataSpec spec, IReadOnlyList<PreprocessStep> steps, ulong seed, PrepareOptions? options = null, CancellationToken stop = default)
    {
        options ??= new PrepareOptions();
        if (CorpusPreparation.IsFor(steps))
            return new CorpusPreparation(spec, steps, seed, options, stop).Run();
        var preparation = new Preparation(spec, steps, seed, options, stop);
        return preparation.Run(preparation.Split());
    }

    /// <summary>
    /// The data of each fold of a cross-validation: the fold held out is the validation part, all else but the test part
    /// trains, and the steps are fitted anew. Each is made when it is reached; the caller disposes it.
    /// </summary>
    /// <param name="spec">What the data is; its split says the test part only.</param>
    /// <param name="steps">As for <see cref="Prepare"/>.</param>
    /// <param name="seed">As for <see cref="Prepare"/>; decides the folds too.</param>
    /// <param name="folds">How many, two or more.</param>
    /// <param name="stratify">Every fold has the classes in the same proportions.</param>
    /// <param name="options">Null: defaults.</param>
    /// <param name="stop">Cancels between blocks of rows.</param>
    /// <exception cref="DataException">As for <see cref="Prepare"/>, or the data cannot be cut into so many folds.</exception>
    public static IEnumerable<PreparedData> PrepareFolds(DataSpec spec, IReadOnlyList<PreprocessStep> steps, ulong seed, int folds, bool stratify = false, PrepareOptions? options = null, CancellationToken stop = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(folds, 2);
        if (CorpusPreparation.IsFor(steps))
            throw new DataException("folds: the parts of a text follow one another, which token_windows does not cut into folds; take cross_validation out, and give data.split a validation part");
        var preparation = new Preparation(spec, steps, seed, options ?? new PrepareOptions(), stop);
        return preparation.Folds(folds, stratify).Select(preparation.Run);
    }

    /// <summary>Gives the samples' memory and files back.</summary>
    public void Dispose()
    {
        Training.Dispose();
        Validation?.Dispose();
        Test?.Dispose();
    }
}
