using System.Globalization;
using System.Text;
using Sarsen.Serving;
using Sarsen.Serving.Language;
using Sarsen.Text.Templates;

namespace Sarsen.Chat;

/// <summary>A conversation of one person with a model. Answers go to the output as they come, all else to the notes.</summary>
/// <param name="engine">The model, which has a template.</param>
/// <param name="options">How it answers.</param>
/// <param name="output">Where answers go.</param>
/// <param name="notes">Where the rest goes.</param>
internal sealed class ChatSession(LanguageEngine engine, GenerationOptions options, TextWriter output, TextWriter notes)
{
    private readonly List<ChatMessage> _messages = [];
    private readonly Lock _gate = new();
    private CancellationTokenSource? _answering;
    private ulong _answers;

    /// <summary>The instructions before the conversation; null for none.</summary>
    public string? System { get; set; }

    /// <summary>Oldest first, the instructions among them.</summary>
    public IReadOnlyList<ChatMessage> Messages => System is null ? _messages : [new ChatMessage { Role = "system", Text = System }, .. _messages];

    /// <summary>Stops the answer that is being given; false where none is.</summary>
    public bool Interrupt()
    {
        lock (_gate)
        {
            _answering?.Cancel();
            return _answering is not null;
        }
    }

    /// <summary>Forgets the conversation; the instructions stay.</summary>
    public void Reset() => _messages.Clear();

    /// <summary>Forgets the last question and its answer; false where there is none.</summary>
    public string? TakeBack()
    {
        int last = _messages.FindLastIndex(m => m.Role == "user");
        if (last < 0)
            return null;
        string text = _messages[last].Text!;
        _messages.RemoveRange(last, _messages.Count - last);
        return text;
    }

    /// <summary>Says something and gives the answer. What the model cannot take is told, and forgotten.</summary>
    public async Task SayAsync(string text)
    {
        _messages.Add(new ChatMessage { Role = "user", Text = text });
        using var stop = new CancellationTokenSource();
        lock (_gate)
            _answering = stop;
        var answer = new StringBuilder();
        GenerationUsage? usage = null;
        bool interrupted = false;
        try
        {
            int[] prompt = engine.Model.Encode(Messages);
            // A seed of its own for each answer: else another try would be the same.
            GenerationOptions next = options with { Sampling = options.Sampling with { Seed = options.Sampling.Seed + _answers++ } };
            await foreach (GenerationPiece piece in engine.Submit(new GenerationRequest { Prompt = prompt, Options = next }, stop.Token))
            {
                answer.Append(piece.Text);
                output.Write(piece.Text);
                output.Flush();
                usage = piece.Usage;
            }
        }
        catch (OperationCanceledException)
        {
            interrupted = true;
        }
        catch (Exception e) when (e is InputException or TemplateException)
        {
            _messages.RemoveAt(_messages.Count - 1);
            notes.WriteLine($"{e.Message}{(e is InputException ? " (/reset forgets the conversation)" : "")}");
            return;
        }
        finally
        {
            lock (_gate)
                _answering = null;
        }
        // What was said stays said, also where it was cut short.
        _messages.Add(new ChatMessage { Role = "assistant", Text = answer.ToString() });
        output.WriteLine();
        notes.WriteLine(interrupted ? "[stopped]" : Line(usage!));
    }

    private static string Line(GenerationUsage u) => string.Create(CultureInfo.InvariantCulture,
        $"[{u.AnswerTokens} tokens at {(u.AnswerTokens - 1) / Math.Max(u.AnswerTime.TotalSeconds, 1e-9):0.0} tokens/s; {u.PromptTokens} read, {u.CachedTokens} of them from the cache, in {u.PromptTime.TotalSeconds:0.00} s]");
}
