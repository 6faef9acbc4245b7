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

    public static Tokenizer FromTiktoken(string name) => Get(name, () => TiktokenFile.Read(TiktokenBytes(name), name switch
    {
        "r50k_base" => TiktokenEncoding.R50k,
        "cl100k_base" => TiktokenEncoding.Cl100k,
        _ => TiktokenEncoding.O200k,
    }, name));

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

    private static Tokenizer Get(string name, Func<Tokenizer> read) =>
        Read.GetOrAdd(name, _ => new Lazy<Tokenizer>(read)).Value;
}
