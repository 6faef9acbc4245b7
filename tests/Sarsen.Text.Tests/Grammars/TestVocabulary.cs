using System.IO.Compression;
using Sarsen.Testing;
using Sarsen.Text.Grammars;

namespace Sarsen.Text.Tests.Grammars;

/// <summary>The first tokens of o200k_base, and after them one that ends the text and one that stands for none.</summary>
internal sealed class TestVocabulary : ITokenBytes
{
    public const string File = "conformance/tokenizers/o200k_base.tiktoken.gz";

    private readonly List<byte[]> _tokens = [];
    private HashSet<string>? _known;

    public TestVocabulary(int count)
    {
        using var reader = new StreamReader(new GZipStream(System.IO.File.OpenRead(TestData.PathOf(File)), CompressionMode.Decompress));
        while (_tokens.Count < count && reader.ReadLine() is { } line)
            _tokens.Add(Convert.FromBase64String(line[..line.IndexOf(' ')]));
        _tokens.Add("<end>"u8.ToArray());
        _tokens.Add([]);
    }

    /// <summary>The tokens that stand for text, in hexadecimal.</summary>
    public HashSet<string> Known => _known ??= [.. _tokens.SkipLast(2).Select(Convert.ToHexString)];

    public int Count => _tokens.Count;

    public IReadOnlyList<int> EndTokens => [Count - 2];

    public ReadOnlyMemory<byte> Bytes(int token) => _tokens[token];
}
