using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Sarsen.Data.Tables;
using Sarsen.Formats;
using Sarsen.Tensors;

namespace Sarsen.Data.Preprocessing;

/// <summary>
/// A pipeline as JSON: version, raw columns and their roles, steps by their catalogue's words with settings and what
/// they learned, target. Names are in snake_case; numbers are written so that they come back bit for bit.
/// </summary>
internal static class PipelineFile
{
    private const int Version = 1;

    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        WriteIndented = true,
    };

    private sealed record File(int Version, IReadOnlyList<StoredColumn> Columns, IReadOnlyList<string> Targets, IReadOnlyList<string> TargetsOnly,
        IReadOnlyList<string> OtherColumns, IReadOnlyList<StoredStep> Steps, TargetInfo Target);

    private sealed record StoredColumn(string Name, ColumnType Type, IReadOnlyList<long>? Shape = null, DType? Element = null);

    private sealed record StoredStep(string Step, JsonObject Settings, JsonNode? Learned = null);

    public static void Write(Pipeline pipeline, Stream stream)
    {
        StepInput input = pipeline.Training.Input;
        JsonSerializer.Serialize(stream, new File(Version,
            [.. input.Schema.Columns.Select(Store)],
            input.Targets, input.TargetsOnly, pipeline.OtherColumns,
            [.. pipeline.Steps.Select(Store)],
            pipeline.Target), Options);
    }

    public static Pipeline Read(Stream stream)
    {
        try
        {
            JsonNode json = JsonNode.Parse(stream) ?? throw new DataException("pipeline: an object expected, found null");
            // A later version may have other members, so its number is looked at first.
            if (json is not JsonObject || json["version"] is not JsonValue number || !number.TryGetValue(out int version) || version < 1)
                throw new DataException("pipeline: an object with a version expected; this is no pipeline");
            if (version > Version)
                throw new DataException($"pipeline: version {version} is later than {Version}, which this program reads; use the program that wrote it, or a later one");
            CheckNoNulls(json);
            File file = json.Deserialize<File>(Options)!;
            var input = new StepInput(new Schema([.. file.Columns.Select(Restore)]), file.Targets, file.TargetsOnly);
            var pipeline = new Pipeline(input, [.. file.Steps.Select(Restore)], file.Target, file.OtherColumns);
            // Finds targets that are not there and classes that are there twice.
            if (file.Target.Kind != TargetKind.None)
                _ = new TargetEncoder(pipeline.Training.Output, file.Target);
            return pipeline;
        }
        catch (Exception e) when (e is JsonException or ModelFormatException or ArgumentException or FormatException or OverflowException or InvalidOperationException or NotSupportedException)
        {
            throw new DataException($"pipeline: {e.Message} The file is damaged; restore it from the model it belongs to", e);
        }
    }

    private static StoredColumn Store(ColumnInfo c) => c.Type == ColumnType.Array
        ? new StoredColumn(c.Name, c.Type, c.ElementShape.AsSpan().ToArray(), c.ElementType)
        : new StoredColumn(c.Name, c.Type);

    private static ColumnInfo Restore(StoredColumn c) => c.Type == ColumnType.Array
        ? new ColumnInfo(c.Name, c.Type, new Shape([.. c.Shape ?? throw new DataException($"pipeline: the array column '{c.Name}' has no shape")]), c.Element ?? DType.F32)
        : new ColumnInfo(c.Name, c.Type);

    private static StoredStep Store(LearnedStep learned) => new(
        learned.Step.Word,
        JsonSerializer.SerializeToNode(learned.Step, learned.Step.GetType(), Options)!.AsObject(),
        learned.Step.StateType is { } type ? JsonSerializer.SerializeToNode(learned.State, type, Options) : null);

    private static LearnedStep Restore(StoredStep stored)
    {
        string[] words = [.. StepCatalogue.All.Select(e => e.Word)];
        CatalogueEntry entry = StepCatalogue.All.FirstOrDefault(e => e.Word == stored.Step)
            ?? throw new DataException($"pipeline: unknown step '{stored.Step}'{(Suggestion.Nearest(stored.Step, words) is { } near ? $"; did you mean '{near}'?" : "")} There are {string.Join(", ", words)}");
        var step = (PreprocessStep)stored.Settings.Deserialize(entry.Type, Options)!;
        SettingsCheck.Check(step, step.Word);
        if (step.StateType is null)
            return new LearnedStep(step, null);
        return new LearnedStep(step, stored.Learned?.Deserialize(step.StateType, Options)
            ?? throw new DataException($"pipeline: the step '{stored.Step}' lacks what it learned"));
    }

    // Items of lists, which the serializer lets be null.
    private static void CheckNoNulls(JsonNode json)
    {
        foreach (JsonNode? child in json is JsonArray array ? array : ((json as JsonObject)?.Select(p => p.Value) ?? []))
        {
            if (child is not null)
                CheckNoNulls(child);
            else if (json is JsonArray)
                throw new DataException($"pipeline: null in the list {json.GetPath()}");
        }
    }
}
