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
    public ChatAddition Add(GenerationPiece piece)
    {
        ToolText text = reader?.Add(piece.Text) ?? new ToolText(piece.Text, []);
        if (piece.Finish is { } reason)
        {
            ToolText end = reader?.End() ?? ToolText.Nothing;
            text = new ToolText(text.Content + end.Content, [.. text.Calls, .. end.Calls]);
        }
        List<ChatCall> calls = [.. text.Calls.Select(Call)];
        if (piece.Finish is { } finish)
            (Finish, Usage) = (_calls > 0 && finish == FinishReason.Stop ? "tool_calls" : finish == FinishReason.Length ? "length" : "stop", piece.Usage);
        return new ChatAddition(text.Content, calls, [.. piece.Logprobs.Select(Token)]);
    }

    private ChatCall Call(ToolCallPart part) => part.Name is { } name
        ? new ChatCall(_calls++, newId(), "function", new ChatFunction(name, part.Arguments))
        : new ChatCall(_calls - 1, null, null, new ChatFunction(null, part.Arguments));

    private static ChatToken Token(TokenLogprob token) =>
        new(token.Text, token.Logprob, Bytes(token), [.. token.Top.Select(t => new ChatTopToken(t.Text, t.Logprob, Bytes(t)))]);

    private static int[] Bytes(TokenLogprob token) => [.. token.Bytes.Select(b => (int)b)];
}

/// <summary>What a piece adds to an answer.</summary>
/// <param name="Content">Text.</param>
/// <param name="Calls">Beginnings of calls, and what the arguments of the last one go on with.</param>
/// <param name="Tokens">Where log probabilities are asked for.</param>
internal readonly record struct ChatAddition(string Content, IReadOnlyList<ChatCall> Calls, IReadOnlyList<ChatToken> Tokens);
