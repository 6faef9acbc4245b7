using Sarsen.Serving.Buffers;

namespace Sarsen.Serving;

/// <summary>What a model says of one sample: a class with its probability and all classes' probabilities, or values by name.</summary>
/// <param name="Class">The most probable class, the first of equals; null where values are predicted, or no probability is a number.</param>
/// <param name="Probability">Its probability.</param>
/// <param name="Probabilities">Every class's, in the model's order.</param>
/// <param name="Values">The predicted values, in the model's order; null where classes are predicted.</param>
public sealed record Prediction(
    string? Class, double? Probability, IReadOnlyList<KeyValuePair<string, double>>? Probabilities, IReadOnlyList<KeyValuePair<string, double>>? Values)
{
    /// <summary>Reads the predictions of the first output, which is (samples, k) of FP32 or FP64.</summary>
    /// <exception cref="NotSupportedException">The output is of another kind, as of a model that gives pictures or sequences.</exception>
    public static IReadOnlyList<Prediction> Read(PredictorInfo info, TensorBuffers output)
    {
        TensorBuffer tensor = output[0];
        if (tensor.Shape.Length is 0 or > 2 || tensor.Type is not (DataType.Fp32 or DataType.Fp64))
            throw new NotSupportedException($"the output '{info.Outputs[0]}' of '{info.Name}' holds neither classes nor values of a row: ask for its tensors instead");
        int samples = (int)tensor.Shape[0];
        int width = tensor.Shape.Length == 2 ? (int)tensor.Shape[1] : 1;
        var predictions = new Prediction[samples];
        var row = new double[width];
        for (int i = 0; i < samples; i++)
        {
            for (int j = 0; j < width; j++)
                row[j] = tensor.Type == DataType.Fp32 ? tensor.As<float>()[i * width + j] : tensor.As<double>()[i * width + j];
            predictions[i] = Of(info, row);
        }
        return predictions;
    }

    private static Prediction Of(PredictorInfo info, double[] row)
    {
        if (info.Classes.Count == 0)
            return new Prediction(null, null, null, Pairs(Names(info, row.Length), row));
        double[] probabilities = info.Classes.Count == 2 && row.Length == 1 ? [1 - row[0], row[0]] : row;
        if (probabilities.Length != info.Classes.Count)
            throw new NotSupportedException($"the output '{info.Outputs[0]}' of '{info.Name}' has {row.Length} elements a row for {info.Classes.Count} classes");
        int best = -1;
        for (int j = 0; j < probabilities.Length; j++)
        {
            if (!double.IsNaN(probabilities[j]) && (best < 0 || probabilities[j] > probabilities[best]))
                best = j;
        }
        IReadOnlyList<KeyValuePair<string, double>> all = Pairs(info.Classes, probabilities);
        return best < 0 ? new Prediction(null, null, all, null) : new Prediction(info.Classes[best], probabilities[best], all, null);
    }

    private static IReadOnlyList<string> Names(PredictorInfo info, int width) =>
        info.Targets.Count == width ? info.Targets
        : width == 1 ? [info.Outputs[0].Name]
        : [.. Enumerable.Range(0, width).Select(i => $"{info.Outputs[0].Name}[{i}]")];

    private static KeyValuePair<string, double>[] Pairs(IReadOnlyList<string> names, double[] values) =>
        [.. values.Select((value, i) => KeyValuePair.Create(names[i], value))];
}
