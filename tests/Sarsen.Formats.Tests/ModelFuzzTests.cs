using Sarsen.Formats.Blocks;
using Sarsen.Formats.Tests.Gguf;
using Sarsen.Tensors;
using Sarsen.Testing;

namespace Sarsen.Formats.Tests;

/// <summary>Damaged files of weights end in success or in <see cref="ModelFormatException"/>, in memory that their size bounds.</summary>
public sealed class ModelFuzzTests
{
    private const int Few = 2500, Many = 500_000, ManySettings = 50_000;

    // What a byte of a file may take: a tensor's 25 bytes become a record, its shape, a name and entries in two tables. And what
    // a file takes whatever its size: buffers of the pool, an exception with its trace.
    private const long BytesPerByte = 32, LeastBytes = 1 << 18;

    [Fact]
    public void A_few_damaged_files_are_answered()
    {
        Gguf(Few);
        Safetensors(Few);
        Settings(Few);
    }

    [SlowFact]
    public void Damaged_gguf_files_are_answered() => Gguf(Many);

    [SlowFact]
    public void Damaged_safetensors_are_answered() => Safetensors(Many);

    [SlowFact]
    public void Damaged_settings_are_answered() => Settings(ManySettings);

    private static void Gguf(int count)
    {
        Run(count, new Mutator(6, GgufSamples()), path =>
        {
            using GgufFile file = GgufFile.Open(path);
            foreach (GgufTensor tensor in file.Tensors)
                ReadAll(file, tensor.Name, tensor.Type.CanDequantise);
        });
    }

    private static void Safetensors(int count) => Run(count, new Mutator(7, SafetensorsSamples()), path =>
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        foreach (SafetensorsEntry entry in file.Entries)
        {
            ReadAll(file, entry.Name, entry.DType is not null);
            if (entry.DType is { } type)
                file.Read(entry.Name, type.IsFloat() ? DType.F32 : null);
        }
    });

    private static readonly float[] s_rows = new float[1 << 12];

    private static void ReadAll(ITensorSource source, string name, bool canRead)
    {
        if (!canRead)
            return;
        Shape shape = source.ShapeOf(name);
        long rows = shape.Rank == 0 ? 1 : shape[0], rowElements = shape.Count / Math.Max(1, rows);
        if (rowElements > s_rows.Length)
            return;
        // Rows without elements take no bytes, so that there may be any number of them.
        long step = rowElements == 0 ? Math.Max(1, rows) : s_rows.Length / rowElements;
        for (long first = 0; first < rows; first += step)
        {
            long some = Math.Min(step, rows - first);
            source.ReadRows(name, first, some, s_rows.AsSpan(0, (int)(some * rowElements)));
        }
    }

    // The JSON beside the weights: the index of shards, and a tokenizer's configuration with a chat template.
    private static void Settings(int count)
    {
        using var folder = new TemporaryFolder();
        SafetensorsWriter.Write(folder.File("a.safetensors"), [("x", Tensor.Empty(DType.F32, new Shape(2))), ("y", Tensor.Empty(DType.F32, new Shape(2)))]);
        Run(count, new Mutator(8, [.. """{"metadata":{"total_size":16},"weight_map":{"x":"a.safetensors","\u0079":"a.safetensors"}}"""u8]),
            _ => SafetensorsShards.Open(folder.Path).Dispose(), folder, SafetensorsShards.IndexName);
        folder.File(HuggingFaceFolder.ConfigName, "{}"u8);
        Run(count, new Mutator(9, [.. """{"a":[1,2.5],"chat_template":[{"name":"default","template":"{{ \n }}"}]}"""u8], [.. """{"chat_template":"{{ bos_token }}\u00e4"}"""u8]),
            _ => HuggingFaceFolder.Read(folder.Path), folder, "tokenizer_config.json");
    }

    private static void Run(int count, Mutator mutator, Action<string> read)
    {
        using var folder = new TemporaryFolder();
        Run(count, mutator, read, folder, "a");
    }

    private static void Run(int count, Mutator mutator, Action<string> read, TemporaryFolder folder, string name)
    {
        string path = folder.File(name);
        using FileStream stream = File.Open(path, FileMode.Create, FileAccess.Write, FileShare.Read);
        Fuzz.Run(count, mutator, bytes =>
        {
            // Never cut to nothing: some file systems flush a file that is emptied and written again.
            stream.Position = 0;
            stream.Write(bytes);
            stream.SetLength(bytes.Length);
            stream.Flush();
            read(path);
        }, length => (length * BytesPerByte) + LeastBytes);
    }

    private static byte[][] GgufSamples()
    {
        using var folder = new TemporaryFolder();
        var samples = new List<byte[]>
        {
            new GgufBytes().ToArray(),
            new GgufBytes(version: 2, tensors: 2, values: 1).Key("general.alignment", GgufValueType.U32).Put(64u).Tensor("a", "F32", 0, 4, 2).Tensor("b", "Q4_0", 64, 32, 3).Data(128, alignment: 64),
            ManyTensors(),
        };
        string path = folder.File("a.gguf");
        BlockType[] types = [.. BlockTypes.All];
        using (GgufWriter writer = GgufWriter.Create(path,
            [
                new("general.architecture", "llama"), new("u8", (byte)1), new("i16", (short)-2), new("u64", 1UL << 60), new("f64", 0.5), new("yes", true),
                new("texts", GgufArray.Of(["a", "bc", ""])), new("floats", GgufArray.Of([1f, 2f, 3f])), new("flags", GgufArray.Of([true, false])),
                new("nested", GgufArray.Of([GgufArray.Of([GgufArray.Of([1, 2])]), GgufArray.Of(["x"])])),
            ],
            [.. types.Select((t, i) => new GgufTensorSpec($"blk.{i}.weight", t, i % 2 == 0 ? new Shape(1, t.BlockLength) : new Shape(t.BlockLength)))]))
        {
            for (int i = 0; i < types.Length; i++)
                writer.WriteBlocks($"blk.{i}.weight", new byte[types[i].BlockBytes]);
            writer.Commit();
        }
        samples.Add(File.ReadAllBytes(path));
        return [.. samples];
    }

    // The most objects for the fewest bytes.
    private static byte[] ManyTensors()
    {
        var bytes = new GgufBytes(tensors: 200, values: 200);
        for (int i = 0; i < 200; i++)
            bytes.Key($"{i}", GgufValueType.U8).Put([1]);
        for (int i = 0; i < 200; i++)
            bytes.Tensor($"{i}", "I8", 0, 0);
        return bytes.ToArray();
    }

    private static byte[][] SafetensorsSamples()
    {
        var samples = new List<byte[]>();
        foreach (DType[] types in new[] { [DType.F32], [DType.F16, DType.BF16, DType.F64], [DType.Bool, DType.I8, DType.I64], Enum.GetValues<DType>() })
        {
            using var written = new MemoryStream();
            SafetensorsWriter.Write(written, types.Select((t, i) => ($"layer.{i}.weight", Tensor.Empty(t, new Shape(i + 1, 3)))),
                types.Length > 1 ? new Dictionary<string, string> { ["format"] = "pt", ["zwölf"] = "12" } : null);
            samples.Add(written.ToArray());
        }
        return [.. samples];
    }
}
