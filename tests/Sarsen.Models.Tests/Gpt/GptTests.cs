using Sarsen.Models.Gpt;
using Sarsen.Nn;
using Sarsen.Nn.Autograd;
using Sarsen.Nn.Ops;
using Sarsen.Nn.Optimizers;
using Sarsen.Tensors;
using Sarsen.Tensors.Threads;
using Sarsen.Testing;

namespace Sarsen.Models.Tests.Gpt;

/// <summary>The contracts of decoding: equal bits however tokens arrive, and no allocation.</summary>
public class GptTests
{
    private const int Context = 100, Vocabulary = 65;

    private static GptModel Make(double dropout = 0, bool tied = true)
    {
        var model = new GptModel(new GptConfig { VocabSize = Vocabulary, NPositions = Context, NEmbd = 48, NLayer = 2, NHead = 3, ResidPdrop = dropout, EmbdPdrop = dropout, TieWordEmbeddings = tied });
        foreach (Parameter parameter in model.Parameters())
        {
            // Larger than at the start of training, so that attention is not even.
            parameter.Initializer = new NormalInitializer(Deviation: 0.2);
        }
        model.Initialize(3);
        return model;
    }

    private static long[] Tokens(int count, string stream)
    {
        var rng = new Rng(4, stream);
        return [.. Enumerable.Range(0, count).Select(i => rng.Below(i, Vocabulary))];
    }

    /// <summary>Logits of all tokens of a sequence, by one call without a cache.</summary>
    private static float[] Whole(GptModel model, long[] tokens, Workers? workers = null)
    {
        using var arena = new Arena(workers ?? Workers.Serial);
        using Scope scope = arena.Begin(Mode.Inference);
        return model.Call(scope.From<long>(tokens, new Shape(1, tokens.Length))).ToArray<float>();
    }

    private static float[] Run(GptModel model, TokenBatch batch, Workers? workers = null)
    {
        using var arena = new Arena(workers ?? Workers.Serial);
        using Scope scope = arena.Begin(Mode.Inference);
        return model.Call(batch).ToArray<float>();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(16)]
    [InlineData(33)]
    [InlineData(90)]
    public void Prefill_in_pieces_has_the_bits_of_the_whole(int piece)
    {
        GptModel model = Make();
        long[] tokens = Tokens(90, "tokens");
        float[] whole = Whole(model, tokens);
        var pool = new KvPool(model.KvShape, KvType.F32, 8);
        using var sequence = new KvSequence(pool);
        var batch = new TokenBatch(pool);
        for (int at = 0; at < tokens.Length; at += piece)
        {
            int n = Math.Min(piece, tokens.Length - at);
            sequence.Reserve(n);
            batch.Clear();
            batch.Add(tokens.AsSpan(at, n), sequence.View, allLogits: true);
            Run(model, batch, at % 2 == 0 ? Workers.Serial : Workers.Shared).ShouldBe(whole[(at * Vocabulary)..((at + n) * Vocabulary)], $"{n} from {at}");
            sequence.Advance(n);
        }
    }

    [Fact]
    public void A_sequence_alone_and_in_a_ragged_batch_has_equal_bits()
    {
        GptModel model = Make();
        long[][] sequences = [Tokens(5, "a"), Tokens(70, "b"), Tokens(1, "c"), Tokens(33, "d")];
        var batch = new TokenBatch();
        foreach (long[] sequence in sequences)
            batch.Add(sequence, allLogits: true);
        batch.CuSeqLens.ToArray().ShouldBe([0, 5, 75, 76, 109]);
        float[] together = Run(model, batch, Workers.Shared);
        together.ShouldBe([.. sequences.SelectMany(s => Whole(model, s))]);
    }

    [Fact]
    public void Sequences_that_decode_and_one_that_begins_share_a_batch()
    {
        GptModel model = Make();
        long[] a = Tokens(40, "a"), b = Tokens(20, "b");
        var pool = new KvPool(model.KvShape, KvType.F32, 10);
        using KvSequence first = new(pool), second = new(pool);
        var batch = new TokenBatch(pool);
        first.Reserve(39);
        batch.Add(a.AsSpan(0, 39), first.View);
        Run(model, batch).ShouldBe(Whole(model, a)[(38 * Vocabulary)..(39 * Vocabulary)]);
        first.Advance(39);
        first.Reserve(1);
        second.Reserve(20);
        batch.Clear();
        batch.Add(a.AsSpan(39), first.View);
        batch.Add(b, second.View);
        float[] last = Run(model, batch);
        last.ShouldBe([.. Whole(model, a)[(39 * Vocabulary)..], .. Whole(model, b)[(19 * Vocabulary)..]]);
    }

    [Fact]
    public void Threads_do_not_change_a_bit()
    {
        GptModel model = Make();
        long[] tokens = Tokens(100, "tokens");
        Whole(model, tokens, Workers.Shared).ShouldBe(Whole(model, tokens));
    }

    [Fact]
    public void Half_precision_caches_stay_near()
    {
        GptModel model = Make();
        long[] tokens = Tokens(60, "tokens");
        float[] exact = Whole(model, tokens);
        var pool = new KvPool(model.KvShape, KvType.F16, 4);
        pool.Bytes.ShouldBe(2 * 4 * 16 * 2 * 48 * 2);
        using var sequence = new KvSequence(pool);
        sequence.Reserve(60);
        var batch = new TokenBatch(pool);
        batch.Add(tokens, sequence.View, allLogits: true);
        float[] rounded = Run(model, batch);
        rounded.ShouldNotBe(exact);
        for (int i = 0; i < exact.Length; i++)
            rounded[i].ShouldBe(exact[i], 0.01f);
    }

    [Fact]
    public void Greedy_decoding_takes_the_likeliest_token_of_the_whole_sequence()
    {
        GptModel model = Make();
        long[] prompt = Tokens(10, "prompt"), next = new long[30];
        using var arena = new Arena(Workers.Serial);
        using var sequence = new KvSequence(new KvPool(model.KvShape, KvType.F32, 8));
        new GreedyDecoder(model, arena, sequence).Continue(prompt, next);
        long[] all = [.. prompt];
        foreach (long token in next)
        {
            float[] logits = Whole(model, all)[^Vocabulary..];
            token.ShouldBe(Array.IndexOf(logits, logits.Max()));
            all = [.. all, token];
        }
        sequence.Length.ShouldBe(39);
    }

    [Fact]
    public void Decoding_allocates_nothing()
    {
        GptModel model = Make();
        long[] prompt = Tokens(10, "prompt"), next = new long[20];
        foreach (Workers workers in (ReadOnlySpan<Workers>)[Workers.Serial, Workers.Shared])
        {
            using var arena = new Arena(workers);
            using var sequence = new KvSequence(new KvPool(model.KvShape, KvType.F32, 8));
            var decoder = new GreedyDecoder(model, arena, sequence);
            decoder.Continue(prompt, next);
            AllocatedBytes.Of(() =>
            {
                sequence.Truncate(0);
                decoder.Continue(prompt, next);
            }).ShouldBe(0);
        }
    }

    [Fact]
    public void A_training_step_allocates_nothing()
    {
        GptModel model = Make(dropout: 0.1);
        var optimizer = new AdamW(model);
        Tensor ids = Tensor.From(Tokens(60, "ids"), new Shape(3, 20)), targets = Tensor.From(Tokens(60, "targets"), new Shape(3, 20));
        foreach (Workers workers in (ReadOnlySpan<Workers>)[Workers.Serial, Workers.Shared])
        {
            using var arena = new Arena(workers);
            var tape = new Tape();
            for (int i = 0; i < 3; i++)
                Step(i);
            long peak = arena.PeakBytes;
            AllocatedBytes.Of(() => Step(3)).ShouldBe(0);
            arena.PeakBytes.ShouldBe(peak);

            void Step(int step)
            {
                model.ZeroGrad();
                using (arena.Begin(Mode.Training, tape, new Rng(1, "step", step)))
                    tape.Backward(model.Call(ids).CrossEntropy(targets));
                optimizer.Step(1e-3, workers);
            }
        }
    }

    /// <summary>Masks belong to the sequences: a sequence is trained on alone as in a batch that begins with it.</summary>
    [Fact]
    public void Dropout_belongs_to_the_sequence_and_refuses_ragged_ones()
    {
        GptModel model = Make(dropout: 0.3);
        using var arena = new Arena(Workers.Serial);
        long[] ids = Tokens(40, "ids");
        float[] alone = Train(ids[..20], 1), both = Train(ids, 2);
        both[..alone.Length].ShouldBe(alone);
        alone.ShouldNotBe(Whole(model, ids[..20]));

        var batch = new TokenBatch();
        batch.Add(ids);
        batch.Add(ids.AsSpan(0, 3));
        Should.Throw<NotSupportedException>(() =>
        {
            using Scope scope = arena.Begin(Mode.Training, rng: new Rng(1, "step"));
            model.Call(batch);
        }).Message.ShouldContain("pad them, or train without dropout");

        float[] Train(long[] tokens, int rows)
        {
            using Scope scope = arena.Begin(Mode.Training, rng: new Rng(1, "step"));
            return model.Call(scope.From<long>(tokens, new Shape(rows, 20))).ToArray<float>();
        }
    }

    [Fact]
    public void A_shape_only_run_has_the_peak_of_a_real_step()
    {
        GptModel model = Make();
        Tensor ids = Tensor.From(Tokens(60, "ids"), new Shape(3, 20)), targets = Tensor.From(Tokens(60, "targets"), new Shape(3, 20));
        using Arena real = new(), dry = new();
        foreach ((Arena arena, Mode mode) in new[] { (real, Mode.Training), (dry, Mode.Shapes) })
        {
            var tape = new Tape();
            using Scope scope = arena.Begin(mode, tape, new Rng(1, "step"));
            tape.Backward(model.Call(ids).CrossEntropy(targets));
        }
        dry.PeakBytes.ShouldBe(real.PeakBytes);
        ModuleSummary summary = ModuleSummary.Of(model, new Shape(3, 20), DType.I64);
        summary.Output.ShouldBe(new Shape(3, 20, Vocabulary));
        summary.ParameterCount.ShouldBe(model.Parameters().Sum(p => p.Value.Count));
    }

    [Fact]
    public void Misuse_is_refused_with_its_cure()
    {
        GptModel model = Make();
        var pool = new KvPool(model.KvShape, KvType.F32, 2);
        using var sequence = new KvSequence(pool);
        Should.Throw<InvalidOperationException>(() => sequence.Reserve(33)).Message.ShouldContain("need 3 blocks, and the pool lacks 1");
        pool.FreeBlocks.ShouldBe(2);
        sequence.Reserve(20);
        Should.Throw<InvalidOperationException>(() => sequence.Advance(33)).Message.ShouldContain("reserve first");
        Should.Throw<InvalidOperationException>(() => pool.Return(7)).Message.ShouldContain("was not taken");
        var batch = new TokenBatch(pool);
        Should.Throw<ArgumentException>(() => batch.Add(Tokens(33, "a"), sequence.View)).Message.ShouldContain("need 3 blocks, 2 were given");
        Should.Throw<ArgumentException>(() => batch.Add([], sequence.View)).Message.ShouldContain("leave it out");
        Should.Throw<ArgumentException>(() => batch.Add([1], new KvView(new[] { 5 }, 0))).Message.ShouldContain("no block 5 among the 2");
        Should.Throw<InvalidOperationException>(() => model.Call(batch)).Message.ShouldContain("the batch is empty");
        var other = new TokenBatch(new KvPool(new KvShape(1, 3, 16), KvType.F32, 2));
        Should.Throw<ArgumentException>(() => model.Call(other)).Message.ShouldContain("make the pool with the model's KvShape");
        var longer = new TokenBatch();
        longer.Add(Tokens(Context + 1, "a"));
        Should.Throw<ArgumentException>(() => model.Call(longer)).Message.ShouldContain("cut the sequence");
        Should.Throw<ShapeException>(() => model.Call(Tensor.From(Tokens(202, "a"), new Shape(2, 101)))).Message.ShouldContain("T up to 100");
    }
}
