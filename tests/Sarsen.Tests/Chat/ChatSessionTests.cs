using System.Text.Json;
using Sarsen.Chat;
using Sarsen.Serving.Language;
using Sarsen.Serving.Tests.Language;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tests.Chat;

public sealed class ChatSessionTests : IAsyncDisposable
{
    private readonly StringWriter _output = new(), _notes = new();
    private LanguageEngine? _engine;

    public async ValueTask DisposeAsync()
    {
        if (_engine is not null)
            await _engine.DisposeAsync();
    }

    private (ChatSession Session, ChatCommands Commands) Start(string says = "Good morning.", int contextLength = 512, Action? onStep = null, GenerationOptions? options = null)
    {
        _engine = new LanguageEngine(ScriptedModel.Load(says, contextLength: contextLength, onStep: onStep), new LanguageEngineOptions { Workers = Workers.Serial });
        var session = new ChatSession(_engine, options ?? new GenerationOptions(), _output, _notes);
        return (session, new ChatCommands(session, _notes));
    }

    [Theory]
    [InlineData("one\ntwo\n", "one|two")]
    [InlineData("one\\\ntwo\\\nthree\nfour", "one\ntwo\nthree|four")]
    [InlineData("\"\"\"\none\n\ntwo\n\"\"\"\nthree", "one\n\ntwo|three")]
    [InlineData("\"\"\"one\"\"\"\ntwo", "one|two")]
    [InlineData("\"\"\"one\ntwo\"\"\"", "one\ntwo")]
    [InlineData("\"\"\"one\ntwo", "one\ntwo")]
    [InlineData("one\\", "one\n")]
    [InlineData("", "")]
    public void Lines_are_put_together(string typed, string expected)
    {
        var input = new ChatInput(new StringReader(typed), _ => { });
        var texts = new List<string>();
        while (input.Next() is { } text)
            texts.Add(text);
        string.Join('|', texts).ShouldBe(expected);
    }

    [Fact]
    public void A_prompt_says_whether_a_text_goes_on()
    {
        var prompts = new List<bool>();
        var input = new ChatInput(new StringReader("one\\\ntwo\nthree"), prompts.Add);
        while (input.Next() is not null)
        {
        }
        prompts.ShouldBe([false, true, false, false]);
    }

    [Fact]
    public async Task An_answer_is_written_and_remembered_and_what_it_took_is_noted()
    {
        (ChatSession session, _) = Start();
        session.System = "Be brief.";
        await session.SayAsync("Hello");
        await session.SayAsync("And now?");
        _output.ToString().ReplaceLineEndings("\n").ShouldBe("Good morning.\nGood morning.\n");
        session.Messages.Select(m => $"{m.Role}: {m.Text}").ShouldBe(["system: Be brief.", "user: Hello", "assistant: Good morning.", "user: And now?", "assistant: Good morning."]);
        string[] notes = _notes.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        notes.Length.ShouldBe(2);
        notes.ShouldAllBe(n => n.Contains("tokens/s"));
        notes[0].ShouldContain(" 0 of them from the cache");
        notes[1].ShouldNotContain(" 0 of them from the cache");
    }

    [Fact]
    public async Task An_interrupted_answer_stays_as_far_as_it_came()
    {
        using var third = new ManualResetEventSlim();
        int steps = 0;
        (ChatSession session, _) = Start("one two three four five six", onStep: () =>
        {
            if (Interlocked.Increment(ref steps) == 4)
            {
                third.Set();
                Thread.Sleep(200);
            }
        });
        session.Interrupt().ShouldBeFalse();
        Task saying = Task.Run(() => session.SayAsync("Hello"));
        third.Wait(TimeSpan.FromSeconds(30)).ShouldBeTrue();
        session.Interrupt().ShouldBeTrue();
        await saying.WaitAsync(TimeSpan.FromSeconds(30));
        _notes.ToString().Trim().ShouldBe("[stopped]");
        session.Messages[1].Text!.ShouldStartWith("one two");
        session.Messages[1].Text!.Length.ShouldBeLessThan("one two three four five six".Length);
        // It goes on as if nothing had been.
        await session.SayAsync("Again");
        session.Messages[^1].Text.ShouldBe("one two three four five six");
    }

    [Fact]
    public async Task A_conversation_beyond_the_context_is_refused_and_forgotten()
    {
        (ChatSession session, ChatCommands commands) = Start(contextLength: 96);
        await session.SayAsync("Hello");
        await session.SayAsync(new string('x', 90));
        _notes.ToString().ShouldContain("/reset forgets the conversation");
        session.Messages.Count.ShouldBe(2);
        await commands.RunAsync("/reset");
        session.Messages.ShouldBeEmpty();
        await session.SayAsync("Hello");
        session.Messages.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Commands_do_what_they_say()
    {
        (ChatSession session, ChatCommands commands) = Start();
        (await commands.RunAsync("/retry")).ShouldBeTrue();
        _notes.ToString().ShouldContain("nothing was asked yet");
        await commands.RunAsync("/system Be kind.");
        session.System.ShouldBe("Be kind.");
        await session.SayAsync("Hello");
        await commands.RunAsync("/retry");
        session.Messages.Select(m => m.Role).ShouldBe(["system", "user", "assistant"]);
        string file = Path.Combine(Path.GetTempPath(), $"chat-{Guid.NewGuid():n}.json");
        await commands.RunAsync($"/save {file}");
        JsonDocument.Parse(File.ReadAllText(file)).RootElement.GetProperty("messages")[2].GetProperty("content").GetString().ShouldBe("Good morning.");
        File.Delete(file);
        await commands.RunAsync("/save /nowhere/at/all.json");
        _notes.ToString().ShouldContain("cannot be written");
        await commands.RunAsync("/undo");
        session.Messages.Count.ShouldBe(1);
        await commands.RunAsync("/system -");
        session.System.ShouldBeNull();
        await commands.RunAsync("/rest");
        _notes.ToString().ShouldContain("did you mean /reset?");
        await commands.RunAsync("/help");
        _notes.ToString().ShouldContain("/exit");
        (await commands.RunAsync("/exit")).ShouldBeFalse();
    }
}
