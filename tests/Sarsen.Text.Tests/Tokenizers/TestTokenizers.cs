using System.Collections.Concurrent;
using System.IO.Compression;
using Sarsen.Testing;
using Sarsen.Text.Tokenizers;

namespace Sarsen.Text.Tests.Tokenizers;

/// <summary>The tokenizers of the test data, each read once.</summary>
internal static class TestTokenizers
{
    public const string Vectors = "conformance/tokenizers";
    public const string Gguf = "conformance/llama.cpp-vocab";

    private static readonly ConcurrentDictionary<string, Lazy<Tokenizer>> Read = new(StringComparer.Ordinal);

    public static Tokenizer FromGguf(string name) => Get(name, () =>
    {
        string path = TestData.PathOf($"{Gguf}/ggml-vocab-{name}.gguf.gz");
        return GgufTokenizer.Read(GgufMetadata.Read(path), path);
    });

    public static Tokenizer FromTiktoken(string name) => Get(name, () => TiktokenFile.Read(
        name.StartsWith("p50k", StringComparison.Ordinal) ? P50kBytes() : TiktokenBytes(name),
        TiktokenEncoding.ByName[name.Replace("_edit", "_base")], name));

    public static Tokenizer FromModel(string name) => Get(name, () =>
        SentencePieceFile.Read(File.ReadAllBytes(TestData.PathOf($"{Vectors}/sentencepiece/{name}.model")), name));

    public static byte[] TiktokenBytes(string name)
    {
        using Stream file = File.OpenRead(TestData.PathOf($"{Vectors}/{name}.tiktoken.gz"));
        using var unpacked = new GZipStream(file, CompressionMode.Decompress);
        var bytes = new MemoryStream();
        unpacked.CopyTo(bytes);
        return bytes.ToArray();
    }

    // p50k is r50k and the runs of 2 to 25 spaces, behind the token of the end.
    private static byte[] P50kBytes()
    {
        IEnumerable<string> runs = Enumerable.Range(2, 24).Select(n => $"{Convert.ToBase64String(Enumerable.Repeat((byte)' ', n).ToArray())} {50255 + n}\n");
        return [.. TiktokenBytes("r50k_base"), .. System.Text.Encoding.ASCII.GetBytes(string.Concat(runs))];
    }

    private static Tokenizer Get(string name, Func<Tokenizer> read) =>
        Read.GetOrAdd(name, _ => new Lazy<Tokenizer>(read)).Value;
}
