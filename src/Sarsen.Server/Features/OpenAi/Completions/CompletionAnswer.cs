using System.Text;
using Sarsen.Serving.Language;

namespace Sarsen.Server.Features.OpenAi.Completions;

/// <summary>One answer of a request, on its way from the engine's pieces to what is sent.</summary>
internal sealed class CompletionAnswer(int index, string prompt, bool tellsLogprobs)
{
    private readonly StringBuilder _text = new();
    private readonly List<TokenLogprob> _tokens = [];
    private int _offset = prompt.Length;
    private string? _finish;

    public string Prompt => prompt;

    public GenerationUsage? Usage { get; private set; }

    public void Add(GenerationPiece piece)
    {
        _text.Append(piece.Text);
        _tokens.AddRange(piece.Logprobs);
        if (piece.Finish is { } finish)
            (_finish, Usage) = (finish == FinishReason.Length ? "length" : "stop", piece.Usage);
    }

    /// <summary>What was added since the last time.</summary>
    public CompletionChoice Take(string before = "")
    {
        CompletionLogprobs? logprobs = tellsLogprobs ? TakeLogprobs() : null;
        var choice = new CompletionChoice(before + _text, index, logprobs, _finish);
        _text.Clear();
        return choice;
    }

    private CompletionLogprobs TakeLogprobs()
    {
        var offsets = new List<int>();
        foreach (TokenLogprob token in _tokens)
        {
            offsets.Add(_offset);
            _offset += token.Text.Length;
        }
        var logprobs = new CompletionLogprobs(
            [.. _tokens.Select(t => t.Text)], [.. _tokens.Select(t => t.Logprob)],
            [.. _tokens.Select(t => t.Top.GroupBy(o => o.Text).ToDictionary(g => g.Key, g => g.First().Logprob))], offsets);
        _tokens.Clear();
        return logprobs;
    }
}
