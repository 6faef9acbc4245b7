using Sarsen.Serving.Language;
using Sarsen.Serving.Language.Tools;

namespace Sarsen.Server.Features.OpenAi.Chat;

/// <summary>One answer of a request, on its way from the engine's pieces to what is sent.</summary>
internal sealed class ChatAnswer(int index, ToolCallReader? reader, Func<string> newId)
{
    private int _calls;

    public int Index => index;

    /// <summary>Why it ended, as clients know it; null until then.</summary>
    public string? Finish { get; private set; }

    public GenerationUsage? Usage { get; private set; }

    /// <summary>What a piece adds.</summary>
    public (string Content, IReadOnlyList<ChatCall> Calls, IReadOnlyList<ChatToken> Tokens) Add(GenerationPiece piece)
    {
        ToolText text = reader?.Add(piece.Text) ?? new ToolText(piece.Text, []);
        if (piece.Finish is { } reason)
        {
            ToolText end = reader?.End() ?? ToolText.Nothing;
            text = new ToolText(text.Content + end.Content, [.. text.Calls, .. end.Calls]);
        }
        List<ChatCall> calls = [.. text.Calls.Select(c => new ChatCall(_calls++, newId(), "function", new ChatFunction(c.Name, c.Arguments)))];
        if (piece.Finish is { } finish)
            (Finish, Usage) = (_calls > 0 && finish == FinishReason.Stop ? "tool_calls" : finish == FinishReason.Length ? "length" : "stop", piece.Usage);
        return (text.Content, calls, [.. piece.Logprobs.Select(Token)]);
    }

    private static ChatToken Token(TokenLogprob token) =>
        new(token.Text, token.Logprob, Bytes(token), [.. token.Top.Select(t => new ChatTopToken(t.Text, t.Logprob, Bytes(t)))]);

    private static int[] Bytes(TokenLogprob token) => [.. token.Bytes.Select(b => (int)b)];
}
