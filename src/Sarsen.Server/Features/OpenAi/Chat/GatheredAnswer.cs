using System.Text;

namespace Sarsen.Server.Features.OpenAi.Chat;

/// <summary>An answer put together from what its pieces added.</summary>
internal sealed class GatheredAnswer
{
    private readonly StringBuilder _thought = new(), _content = new();
    private readonly List<(ChatCall Begun, StringBuilder Arguments)> _calls = [];
    private readonly List<ChatToken> _tokens = [];

    public IReadOnlyList<ChatToken> Tokens => _tokens;

    public ChatReply Reply => new("assistant", _calls.Count > 0 && _content.Length == 0 ? null : _content.ToString(), null, [])
    {
        ReasoningContent = _thought.Length > 0 ? _thought.ToString() : null,
        ToolCalls = _calls.Count > 0 ? [.. _calls.Select(Whole)] : null,
    };

    public void Add(ChatAddition more)
    {
        _thought.Append(more.Thought);
        _content.Append(more.Content);
        _tokens.AddRange(more.Tokens);
        foreach (ChatCall call in more.Calls)
        {
            if (call.Id is not null)
                _calls.Add((call, new StringBuilder()));
            _calls[^1].Arguments.Append(call.Function.Arguments);
        }
    }

    private static ChatCall Whole((ChatCall Begun, StringBuilder Arguments) call) =>
        call.Begun with { Index = null, Function = call.Begun.Function with { Arguments = call.Arguments.ToString() } };
}
