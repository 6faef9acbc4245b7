using Sarsen.Text.Tokenizers;

namespace Sarsen.Bench;

/// <summary>
/// A text to the ids of its tokens, in pieces of <see cref="PieceLength"/> characters, as prompts are long. <c>SARSEN_BENCH_TOKENIZERS</c> names the folder with the cases'
/// tokenizer.json, <c>SARSEN_BENCH_TEXT</c> the text.
/// </summary>
internal sealed class TokenizersWork : Work
{
    private const int PieceLength = 4096;

    private readonly Tokenizer _tokenizer;
    private readonly string _text = File.ReadAllText(Setting("SARSEN_BENCH_TEXT"));
    private readonly TokenIds _ids = new();

    public TokenizersWork(string name)
    {
        string file = Path.Combine(Setting("SARSEN_BENCH_TOKENIZERS"), name + ".json");
        _tokenizer = TokenizerJson.Read(File.ReadAllBytes(file), file);
    }

    public static IReadOnlyList<string> Cases { get; } = ["gpt2", "llama", "llama3"];

    public override void Run()
    {
        _ids.Clear();
        for (int start = 0; start < _text.Length; start += PieceLength)
            _tokenizer.Encode(_text.AsSpan(start, Math.Min(PieceLength, _text.Length - start)), _ids);
    }

    /// <summary>FNV-1a over the ids, so that it can be told that both sides do the same work.</summary>
    public override string Check()
    {
        Run();
        uint hash = 0x811C9DC5;
        foreach (int id in _ids.Span)
            hash = (hash ^ (uint)id) * 0x01000193;
        return $"ids {hash}";
    }

    private static string Setting(string name) =>
        Environment.GetEnvironmentVariable(name) ?? throw new InvalidOperationException($"{name} is not set: run bench/run tokenizers");
}
