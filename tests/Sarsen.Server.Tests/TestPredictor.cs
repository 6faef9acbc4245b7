using System.Globalization;
using System.Text;
using System.Text.Json;
using Sarsen.Data.Preprocessing;
using Sarsen.Data.Tables;
using Sarsen.Models;
using Sarsen.Serving;
using Sarsen.Serving.Buffers;

namespace Sarsen.Server.Tests;

/// <summary>
/// A small model with every feature: IN (n, 2) FP32 to p (n, 3) FP32, the shares of a·s, b and 1 in their sum, and label
/// (n) BYTES, the largest one's class; or rows of the fields a (needed) and b (0 where missing). s is the file scale.txt.
/// </summary>
internal sealed class TestPredictor(double scale, string name, string version, TimeSpan pause) : IPredictor, IRowEncoder
{
    public static readonly string[] Classes = ["red", "green", "blue"];

    public PredictorInfo Info { get; } = new()
    {
        Name = name,
        Version = version,
        Platform = "sarsen_test",
        Inputs = [new TensorSpec("IN", DataType.Fp32, -1, 2)],
        Outputs = [new TensorSpec("p", DataType.Fp32, -1, 3), new TensorSpec("label", DataType.Bytes, -1)],
        Classes = Classes,
    };

    public IRowEncoder? Rows => this;

    public IReadOnlyList<FieldInfo> Fields { get; } =
        [new(new ColumnInfo("a", ColumnType.Number), Required: true, null), new(new ColumnInfo("b", ColumnType.Number), Required: false, null)];

    public ValueTask RunAsync(TensorBuffers input, TensorBuffers output, CancellationToken stop)
    {
        if (pause > TimeSpan.Zero)
            Thread.Sleep(pause);
        Span<float> x = input[0].As<float>(), p = output[0].As<float>();
        for (int i = 0; i < x.Length / 2; i++)
        {
            float[] row = Share(x[i * 2], x[i * 2 + 1], scale);
            row.CopyTo(p[(i * 3)..]);
            int best = Array.IndexOf(row, row.Max());
            output[1].Append(Encoding.UTF8.GetBytes(best < 0 ? "none" : Classes[best]));
        }
        return ValueTask.CompletedTask;
    }

    public static float[] Share(float a, float b, double scale)
    {
        float r = a * (float)scale, sum = r + b + 1;
        return [r / sum, b / sum, 1 / sum];
    }

    public void Encode(JsonElement rows, TensorBuffers input)
    {
        int count = rows.GetArrayLength(), i = 0;
        input[0].Reshape(count, 2);
        Span<float> x = input[0].As<float>();
        foreach (JsonElement row in rows.EnumerateArray())
        {
            x[i * 2] = Read(row, "a", i) ?? throw new FieldException($"row {i}: field 'a' is missing: give it a number", "a", i);
            x[i * 2 + 1] = Read(row, "b", i) ?? 0;
            foreach (JsonProperty field in row.EnumerateObject().Where(f => f.Name is not ("a" or "b")))
                throw new FieldException($"row {i}: there is no field '{field.Name}': the fields are a, b", field.Name, i);
            i++;
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static float? Read(JsonElement row, string field, int index) =>
        !row.TryGetProperty(field, out JsonElement value) || value.ValueKind == JsonValueKind.Null ? null
        : value.ValueKind == JsonValueKind.Number ? value.GetSingle()
        : throw new FieldException($"row {index}: field '{field}' must be a number", field, index);
}

/// <summary>Makes <see cref="TestPredictor"/>s; <see cref="Write"/> makes the folders that it reads.</summary>
internal sealed class TestPredictors : IPredictorFactory
{
    /// <summary>How long each batch takes beside its work.</summary>
    public TimeSpan Pause { get; set; }

    public IPredictor Load(string folder, string name, string version)
    {
        string file = Path.Combine(folder, "scale.txt");
        if (!File.Exists(file))
            throw new ModelLoadException("there is no scale.txt: train the model again");
        return double.TryParse(File.ReadAllText(file), CultureInfo.InvariantCulture, out double scale)
            ? new TestPredictor(scale, name, version, Pause)
            : throw new ModelLoadException("scale.txt holds no number");
    }

    public static string Write(string folder, string scale = "2", double accuracy = 0.9)
    {
        Directory.CreateDirectory(Path.Combine(folder, "parts"));
        File.WriteAllText(Path.Combine(folder, "scale.txt"), scale);
        File.WriteAllText(Path.Combine(folder, "parts", "notes.txt"), "notes");
        File.WriteAllText(Path.Combine(folder, "spec.yaml"), "name: test\n");
        var manifest = new ModelManifest
        {
            Name = "test",
            CreatedUnixMs = 1_700_000_000_000,
            RunId = "run-1",
            Seed = ulong.MaxValue,
            DataChecksum = new string('a', 64),
            Sarsen = "0.1.0",
            Numerics = 1,
            Metrics = new Dictionary<string, double> { ["test_accuracy"] = accuracy, ["test_loss"] = double.NaN },
        };
        File.WriteAllText(Path.Combine(folder, ModelFolder.ManifestFile), manifest.ToJson());
        return folder;
    }
}
