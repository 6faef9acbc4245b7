using Sarsen.Serving.Language;
using Sarsen.Serving.Language.Thinking;
using Sarsen.Serving.Language.Tools;

namespace Sarsen.Server.Features.OpenAi.Chat;

/// <summary>One answer of a request, on its way from the engine's pieces to what is sent.</summary>
/// <param name="thinking">Where it may think.</param>
/// <param name="format">How the model writes calls; null where there are no tools.</param>
/// <param name="names">The functions that there are.</param>
internal sealed class ChatAnswer(ThinkingStart thinking, ToolFormat? format, IReadOnlySet<string> names)
{
    private readonly ThinkingReader _thinking = new(thinking);
    private readonly ToolCallReader? _reader = format?.Reader(names);
    private int _calls;

    /// <summary>Why it ended, as clients know it; null until then.</summary>
    public string? Finish { get; private set; }

    public GenerationUsage? Usage { get; private set; }

    /// <summary>Tokens of its thinking, marks included.</summary>
    public int ThoughtTokens { get; private set; }

    /// <summary>What a piece adds.</summary>
    public ChatAddition Add(GenerationPiece piece)
    {
        bool thought = _thinking.IsThinking;
        ThinkingText text = _thinking.Add(piece.Text);
        ToolText said = Read(text.Content);
        // The piece with which it ends is counted too.
        if (thought || _thinking.IsThinking || text.Thought.Length > 0)
            ThoughtTokens = piece.Tokens;
        if (piece.Finish is not null)
        {
            ThinkingText rest = _thinking.End();
            text = text with { Thought = text.Thought + rest.Thought };
            said = Joined(Joined(said, Read(rest.Content)), _reader?.End() ?? ToolText.Nothing);
        }
        List<ChatCall> calls = [.. said.Calls.Select(Call)];
        if (piece.Finish is { } reason)
            (Finish, Usage) = (_calls > 0 && reason == FinishReason.Stop ? "tool_calls" : reason == FinishReason.Length ? "length" : "stop", piece.Usage);
        return new ChatAddition(text.Thought, said.Content, calls, [.. piece.Logprobs.Select(Token)]);
    }

    private ToolText Read(string content) => _reader?.Add(content) ?? new ToolText(content, []);

    private static ToolText Joined(ToolText first, ToolText second) => new(first.Content + second.Content, [.. first.Calls, .. second.Calls]);

    private ChatCall Call(ToolCallPart part) => part.Name is { } name
        ? new ChatCall(_calls++, format!.NewId(), "function", new ChatFunction(name, part.Arguments))
        : new ChatCall(_calls - 1, null, null, new ChatFunction(null, part.Arguments));

    private static ChatToken Token(TokenLogprob token) =>
        new(token.Text, token.Logprob, Bytes(token), [.. token.Top.Select(t => new ChatTopToken(t.Text, t.Logprob, Bytes(t)))]);

    private static int[] Bytes(TokenLogprob token) => [.. token.Bytes.Select(b => (int)b)];
}

/// <summary>What a piece adds to an answer.</summary>
/// <param name="Thought">Thinking.</param>
/// <param name="Content">Text.</param>
/// <param name="Calls">Beginnings of calls, and what the arguments of the last one go on with.</param>
/// <param name="Tokens">Where log probabilities are asked for.</param>
internal readonly record struct ChatAddition(string Thought, string Content, IReadOnlyList<ChatCall> Calls, IReadOnlyList<ChatToken> Tokens);
