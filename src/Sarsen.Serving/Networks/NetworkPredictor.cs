using System.Text.Json;
using Sarsen.Data;
using Sarsen.Data.Preprocessing;
using Sarsen.Data.Tables;
using Sarsen.Models;
using Sarsen.Nn.Plans;
using Sarsen.Serving.Buffers;
using Sarsen.Tensors;
using Sarsen.Tensors.Threads;

namespace Sarsen.Serving.Networks;

/// <summary>
/// A trained network, compiled to a plan, with its preprocessing. Inputs are what one sample is encoded to; outputs are class probabilities,
/// or values in the units of the target columns.
/// </summary>
public sealed class NetworkPredictor : IPredictor, IRowEncoder
{
    public const string InputName = "input";
    public const string OutputName = "output";
    private const int LargestBatch = 256;
    private const long MostEncodedBytes = 256L << 20;

    private readonly Network _network;
    private readonly Pipeline _pipeline;
    private readonly PlanRunner _runner;

    internal NetworkPredictor(CompiledNetwork compiled, Pipeline pipeline, string name, string version, Workers? workers = null)
    {
        Network network = compiled.Network;
        (_network, _pipeline) = (network, pipeline);
        _runner = new PlanRunner(compiled.Plan, workers);
        TargetInfo target = pipeline.Target;
        Info = new PredictorInfo
        {
            Name = name,
            Version = version,
            Platform = "sarsen_network",
            Inputs = [new TensorSpec(InputName, DataTypes.Of(network.Definition.InputType), [-1, .. network.Definition.InputShape])],
            Outputs = [new TensorSpec(OutputName, DataType.Fp32, [-1, .. network.OutputShape.AsSpan()])],
            Classes = target.Classes,
            Targets = target.Kind == TargetKind.Values ? target.Columns : [],
            MaxBatch = LargestBatch,
        };
    }

    public PredictorInfo Info { get; }

    public IRowEncoder? Rows => this;

    public IReadOnlyList<FieldInfo> Fields => _pipeline.Fields;

    public void Encode(JsonElement rows, TensorBuffers input) =>
        _pipeline.Encode(rows, Room(rows.ValueKind == JsonValueKind.Array ? rows.GetArrayLength() : 1, input));

    /// <summary>Encodes rows of a source; see <see cref="Encode(JsonElement, TensorBuffers)"/>.</summary>
    public void Encode(RowBlock rows, TensorBuffers input) => _pipeline.Encode(rows, Room(rows.Count, input));

    private Span<byte> Room(int rows, TensorBuffers input)
    {
        int samples = _pipeline.SamplesOf(rows);
        // Checked before memory is taken for rows of which not one has been looked at.
        if (samples > MostEncodedBytes / Math.Max(1, _pipeline.Input.Bytes))
            throw new DataException($"{rows} rows are more than one request may hold, {MostEncodedBytes / _pipeline.Input.Bytes}: send them in several");
        input[0].Reshape([samples, .. _network.Definition.InputShape]);
        return input[0].Bytes;
    }

    public ValueTask RunAsync(TensorBuffers input, TensorBuffers output, CancellationToken stop)
    {
        TensorBuffer from = input[0], to = output[0];
        Predict(_network.InputShape(from.Shape[0]), from.Bytes, stop);
        Shape shape = _runner.OutputShape;
        to.Reshape(shape.AsSpan());
        _runner.Output<float>().CopyTo(to.As<float>());
        if (Info.Targets.Count > 0)
            _pipeline.Decode(to.As<float>());
        return ValueTask.CompletedTask;
    }

    private void Predict(in Shape shape, ReadOnlySpan<byte> input, CancellationToken stop)
    {
        try
        {
            _runner.Run(shape, input, stop);
        }
        catch (ArgumentOutOfRangeException e)
        {
            // An id that has no vector: it came in a tensor, past the preprocessing that makes ids.
            throw new InputException($"input '{InputName}' holds the id {e.ActualValue}, which the model has no vector for", e);
        }
    }

    public ValueTask DisposeAsync()
    {
        _runner.Dispose();
        return ValueTask.CompletedTask;
    }
}
