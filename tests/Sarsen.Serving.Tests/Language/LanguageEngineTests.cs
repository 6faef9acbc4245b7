using System.Diagnostics;
using Sarsen.Serving.Language;
using Sarsen.Tensors.Threads;
using Sarsen.Testing;
using Sarsen.Text.Grammars;
using Sarsen.Text.Sampling;

namespace Sarsen.Serving.Tests.Language;

public class LanguageEngineTests
{
    private const string Folder = "models/tinystories-656k";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private static readonly GenerationOptions s_greedy = new() { Sampling = new SamplingOptions { Temperature = 0 } };

    private static LanguageEngine Engine(LoadedLanguageModel model, int queue = 256, TimeProvider? time = null) =>
        new(model, new LanguageEngineOptions { Workers = Workers.Serial, QueueSize = queue }, time);

    private static GenerationRequest Request(LanguageEngine engine, GenerationOptions? options = null, string prompt = "hello") =>
        new() { Prompt = engine.Model.Encode(prompt), Options = options ?? s_greedy };

    private static async Task<List<GenerationPiece>> ReadAsync(GenerationStream stream)
    {
        var pieces = new List<GenerationPiece>();
        await foreach (GenerationPiece piece in stream)
            pieces.Add(piece);
        return pieces;
    }

    private static async Task<string> TextAsync(GenerationStream stream) => string.Concat((await ReadAsync(stream)).Select(p => p.Text));

    [Fact]
    public async Task An_answer_comes_in_pieces_of_which_the_last_says_why_it_ended_and_what_it_took()
    {
        await using LanguageEngine engine = Engine(ScriptedModel.Load("Grüße from a script."));
        List<GenerationPiece> pieces = await ReadAsync(engine.Submit(Request(engine)));
        string.Concat(pieces.Select(p => p.Text)).ShouldBe("Grüße from a script.");
        pieces.Count.ShouldBeGreaterThan(2);
        pieces.SkipLast(1).ShouldAllBe(p => p.Finish == null && p.Usage == null);
        pieces[^1].Finish.ShouldBe(FinishReason.Stop);
        pieces[^1].Usage!.PromptTokens.ShouldBe(5);
        pieces[^1].Usage!.AnswerTokens.ShouldBe(pieces.Count);
        EngineStatistics statistics = engine.Statistics;
        (statistics.Finished, statistics.PromptTokens, statistics.AnswerTokens).ShouldBe((1, 5, pieces.Count));
    }

    [Fact]
    public async Task Stop_texts_stop_tokens_and_lengths_end_an_answer_and_ends_can_be_ignored()
    {
        await using LanguageEngine engine = Engine(ScriptedModel.Load("one two three four"));
        (await TextAsync(engine.Submit(Request(engine, s_greedy with { Stop = ["thr"] })))).ShouldBe("one two ");
        List<GenerationPiece> cut = await ReadAsync(engine.Submit(Request(engine, s_greedy with { MaxTokens = 2 })));
        cut[^1].Finish.ShouldBe(FinishReason.Length);
        string.Concat(cut.Select(p => p.Text)).ShouldBe("one two ");
        int third = engine.Model.Tokenizer.IdOf("thre")!.Value;
        List<GenerationPiece> ended = await ReadAsync(engine.Submit(Request(engine, s_greedy with { StopTokens = new HashSet<int> { third } })));
        (string.Concat(ended.Select(p => p.Text)), ended[^1].Finish).ShouldBe(("one two ", FinishReason.Stop));
        string twice = await TextAsync(engine.Submit(Request(engine, s_greedy with { IgnoreEnd = true, KeepSpecial = true, MaxTokens = 12 })));
        twice.ShouldStartWith("one two three four<|im_end|>one two");
    }

    [Fact]
    public async Task Log_probabilities_are_the_models_own_and_in_order()
    {
        await using LanguageEngine engine = Engine(ScriptedModel.Load("one two three"));
        List<GenerationPiece> pieces = await ReadAsync(engine.Submit(Request(engine, s_greedy with { TopLogprobs = 3, Sampling = new SamplingOptions { Temperature = 0, LogitBias = new Dictionary<int, double> { [5] = 100 } }, MaxTokens = 1 })));
        TokenLogprob token = pieces.SelectMany(p => p.Logprobs).Single();
        // The bias chose it; by the model alone it is unlikely.
        token.Token.ShouldBe(5);
        token.Logprob.ShouldBeLessThan(-20);
        token.Top.Count.ShouldBe(3);
        token.Top[0].Text.ShouldBe("one ");
        token.Top[0].Logprob.ShouldBeInRange(-1e-6, 0);
        token.Top.Select(t => t.Logprob).ShouldBe(token.Top.Select(t => t.Logprob).OrderDescending());
        (await ReadAsync(engine.Submit(Request(engine, s_greedy with { TopLogprobs = 0 })))).SelectMany(p => p.Logprobs).ShouldAllBe(t => t.Top.Count == 0 && t.Logprob <= 0);
    }

    [Theory]
    [InlineData("""{"type": "object", "properties": {"mood": {"enum": ["happy", "sad"]}, "age": {"type": "integer", "minimum": 1, "maximum": 99}}, "required": ["mood", "age"], "additionalProperties": false}""")]
    [InlineData("""{"type": "array", "items": {"type": "boolean"}, "minItems": 3, "maxItems": 3}""")]
    [InlineData("""{"enum": ["äöü", "日本", 5, null]}""")]
    public Task A_constrained_answer_matches_and_ends(string schema) => CheckConstraintAsync(ScriptedModel.Load("something else"), schema);

    [DataTheory(Folder)]
    [InlineData("""{"type": "integer", "minimum": 100, "maximum": 99999}""")]
    [InlineData("""{"enum": ["happy", "sad and alone"]}""")]
    public Task So_does_a_trained_models(string schema) => CheckConstraintAsync(LoadedLanguageModel.Open(TestData.PathOf(Folder), Workers.Serial), schema);

    private static async Task CheckConstraintAsync(LoadedLanguageModel model, string schema)
    {
        await using LanguageEngine engine = Engine(model);
        Grammar grammar = Grammar.FromJsonSchema(System.Text.Json.JsonDocument.Parse(schema).RootElement);
        TokenGrammar constraint = model.Constrain(grammar);
        for (ulong seed = 0; seed < 5; seed++)
        {
            List<GenerationPiece> pieces = await ReadAsync(engine.Submit(Request(engine, new GenerationOptions { Constraint = constraint, MaxTokens = 200, Sampling = new SamplingOptions { Seed = seed } }, "Once upon a time")));
            string text = string.Concat(pieces.Select(p => p.Text));
            pieces[^1].Finish.ShouldBe(FinishReason.Stop, text);
            grammar.Matches(System.Text.Encoding.UTF8.GetBytes(text)).ShouldBeTrue(text);
        }
    }

    [DataFact(Folder)]
    public async Task A_constraint_beyond_the_vocabulary_is_a_typed_error()
    {
        await using LanguageEngine engine = Engine(LoadedLanguageModel.Open(TestData.PathOf(Folder), Workers.Serial));
        GenerationStream stream = engine.Submit(Request(engine, new GenerationOptions { Constraint = engine.Model.Constrain(Grammar.AnyJson(objectOnly: true)) }, "Once"));
        (await Should.ThrowAsync<InputException>(() => ReadAsync(stream))).Message.ShouldContain("no tokens");
    }

    [Fact]
    public async Task A_constraint_that_fails_ends_its_own_answer_alone()
    {
        // Whatever follows the "!" can be read in ways without number.
        string rules = "root ::= \"!\" a0\n" + string.Concat(Enumerable.Range(0, 60).Select(i => $"a{i} ::= (a{i + 1} a{i + 1})?\n")) + "a60 ::= \"x\"\n";
        using var gate = new Gate();
        await using LanguageEngine engine = Engine(ScriptedModel.Load("one two", onStep: gate.Pass));
        Task<string> first = TextAsync(engine.Submit(Request(engine)));
        gate.WaitUntilReached();
        Task<string> failing = TextAsync(engine.Submit(Request(engine, s_greedy with { Constraint = engine.Model.Constrain(Grammar.FromGbnf(rules)) })));
        Task<string> beside = TextAsync(engine.Submit(Request(engine)));
        gate.Open();
        await Should.ThrowAsync<GrammarLimitException>(() => failing.WaitAsync(s_patience));
        (await first.WaitAsync(s_patience), await beside.WaitAsync(s_patience)).ShouldBe(("one two", "one two"));
        (engine.Statistics.Finished, engine.Statistics.Failed).ShouldBe((2, 1));
    }

    [DataFact(Folder)]
    public async Task What_it_says_is_what_a_generator_says()
    {
        LoadedLanguageModel model = LoadedLanguageModel.Open(TestData.PathOf(Folder), Workers.Serial);
        var options = new GenerationOptions { MaxTokens = 30, Sampling = new SamplingOptions { Seed = 9 } };
        var text = new System.Text.StringBuilder();
        using (var generator = new TextGenerator(model, Workers.Serial))
            generator.Generate(model.Encode("Once upon a time"), options, piece => text.Append(piece));
        await using LanguageEngine engine = Engine(model);
        (await TextAsync(engine.Submit(Request(engine, options, "Once upon a time")))).ShouldBe(text.ToString());
    }

    [Fact]
    public async Task Requests_that_cannot_be_answered_are_refused_before_they_wait()
    {
        await using LanguageEngine engine = Engine(ScriptedModel.Load("one two", contextLength: 16));
        Should.Throw<InputException>(() => engine.Submit(new GenerationRequest { Prompt = [] }));
        Should.Throw<InputException>(() => engine.Submit(new GenerationRequest { Prompt = new int[16] })).Message.ShouldContain("16");
        Should.Throw<ArgumentOutOfRangeException>(() => engine.Submit(new GenerationRequest { Prompt = [1 << 20] }));
        Should.Throw<ArgumentOutOfRangeException>(() => engine.Submit(Request(engine, new GenerationOptions { TopLogprobs = 21 })));
        Should.Throw<ArgumentOutOfRangeException>(() => engine.Submit(Request(engine, new GenerationOptions { Constraint = engine.Model.Constrain(Grammar.AnyJson()), IgnoreEnd = true })));
        Should.Throw<ArgumentOutOfRangeException>(() => engine.Submit(Request(engine, new GenerationOptions { Constraint = ScriptedModel.Load("another text of more pieces").Constrain(Grammar.AnyJson()) }))).Message.ShouldContain("Constrain");
        engine.Statistics.Rejected.ShouldBe(0);
    }

    [Fact]
    public async Task A_full_queue_refuses_and_leavers_make_room()
    {
        using var gate = new Gate();
        await using LanguageEngine engine = Engine(ScriptedModel.Load("one two", onStep: gate.Pass), queue: 2);
        GenerationStream running = engine.Submit(Request(engine));
        gate.WaitUntilReached();
        using var leaves = new CancellationTokenSource();
        GenerationStream first = engine.Submit(Request(engine)), second = engine.Submit(Request(engine), leaves.Token);
        OverloadException full = Should.Throw<OverloadException>(() => engine.Submit(Request(engine)));
        full.RetryAfter.ShouldBeGreaterThan(TimeSpan.Zero);
        leaves.Cancel();
        // It waits no longer, though the engine is busy.
        await Should.ThrowAsync<OperationCanceledException>(() => ReadAsync(second).WaitAsync(s_patience));
        GenerationStream third = engine.Submit(Request(engine));
        (engine.Statistics.Waiting, engine.Statistics.Running, engine.Statistics.Rejected, engine.Statistics.Cancelled).ShouldBe((2, 1, 1, 1));
        gate.Open();
        foreach (GenerationStream stream in new[] { running, first, third })
            (await TextAsync(stream)).ShouldBe("one two");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Who_leaves_ends_the_work_at_once(bool byToken)
    {
        int steps = 0;
        await using LanguageEngine engine = Engine(ScriptedModel.Load("one two", onStep: () => { Interlocked.Increment(ref steps); Thread.Sleep(1); }, contextLength: 1 << 20));
        using var stop = new CancellationTokenSource();
        GenerationStream stream = engine.Submit(Request(engine, s_greedy with { IgnoreEnd = true }), stop.Token);
        int read = 0;
        try
        {
            await foreach (GenerationPiece piece in stream)
            {
                if (++read < 3)
                    continue;
                if (!byToken)
                    break;
                stop.Cancel();
            }
        }
        catch (OperationCanceledException) when (byToken)
        {
        }
        // The next is answered, which it would not be while that one goes on.
        (await TextAsync(engine.Submit(Request(engine))).WaitAsync(s_patience)).ShouldBe("one two");
        steps.ShouldBeLessThan(1 << 19);
        engine.Statistics.Cancelled.ShouldBe(1);
    }

    [Fact]
    public async Task A_deadline_ends_an_answer_that_waits_or_runs()
    {
        var time = new ManualTime();
        using var gate = new Gate();
        await using LanguageEngine engine = Engine(ScriptedModel.Load("one two", onStep: gate.Pass), time: time);
        GenerationStream running = engine.Submit(Request(engine) with { Deadline = TimeSpan.FromSeconds(5) });
        gate.WaitUntilReached();
        GenerationStream waiting = engine.Submit(Request(engine) with { Deadline = TimeSpan.FromSeconds(5) });
        time.Advance(TimeSpan.FromSeconds(6));
        (await Should.ThrowAsync<TimeoutException>(() => ReadAsync(waiting).WaitAsync(s_patience))).Message.ShouldContain("5 s");
        await Should.ThrowAsync<TimeoutException>(() => ReadAsync(running).WaitAsync(s_patience));
        gate.Open();
        (await TextAsync(engine.Submit(Request(engine)))).ShouldBe("one two");
    }

    [Fact]
    public async Task A_slow_reader_holds_up_nobody()
    {
        await using LanguageEngine engine = Engine(ScriptedModel.Load("one two three four five six"));
        GenerationStream slow = engine.Submit(Request(engine));
        (await TextAsync(engine.Submit(Request(engine))).WaitAsync(s_patience)).ShouldBe("one two three four five six");
        (await TextAsync(slow)).ShouldBe("one two three four five six");
        await Should.ThrowAsync<InvalidOperationException>(() => ReadAsync(slow));
    }

    [Fact]
    public async Task What_fails_fails_alone()
    {
        int calls = 0;
        await using LanguageEngine engine = Engine(ScriptedModel.Load("ok", onStep: () =>
        {
            if (Interlocked.Increment(ref calls) == 1)
                throw new UnreachableException("broken");
        }));
        await Should.ThrowAsync<UnreachableException>(() => ReadAsync(engine.Submit(Request(engine))));
        (await TextAsync(engine.Submit(Request(engine)))).ShouldBe("ok");
        engine.Statistics.Failed.ShouldBe(1);
    }

    [Fact]
    public async Task The_end_settles_what_runs_and_what_waits()
    {
        using var gate = new Gate();
        LanguageEngine engine = Engine(ScriptedModel.Load("one two", onStep: gate.Pass));
        GenerationStream running = engine.Submit(Request(engine)), waiting = engine.Submit(Request(engine));
        gate.WaitUntilReached();
        Task ending = engine.DisposeAsync().AsTask();
        gate.Open();
        await ending.WaitAsync(s_patience);
        await Should.ThrowAsync<ReplicaClosedException>(() => ReadAsync(running));
        await Should.ThrowAsync<ReplicaClosedException>(() => ReadAsync(waiting));
        Should.Throw<ReplicaClosedException>(() => engine.Submit(Request(engine)));
        await engine.DisposeAsync();
    }
}
