using Sarsen.Formats;
using Sarsen.Models.Decoders;
using Sarsen.Nn;
using Sarsen.Tensors;
using Sarsen.Tensors.Threads;

namespace Sarsen.Bench.Language;

/// <summary>A prompt that is read in pieces, or tokens that are generated one by one behind the first, the likeliest each time.</summary>
internal sealed class LanguageWork : Work
{
    private const int Piece = 256;

    private readonly LanguageCase _case;
    private readonly DecoderModel _model;
    private readonly Arena _arena = new();
    private readonly KvSequence _sequence;
    private readonly TokenBatch _batch;
    private readonly long[] _tokens;

    public LanguageWork(string name)
    {
        _case = LanguageCase.Of(name);
        using GgufFile file = GgufFile.Open(RandomModel.File(_case));
        _model = DecoderFiles.Load(file, WeightUse.Products, Workers.Shared);
        var pool = new KvPool(_model.KvShape, KvType.F16, KvPool.BlocksFor(LanguageCase.Prompt + LanguageCase.Answer));
        (_sequence, _batch) = (new KvSequence(pool), new TokenBatch(pool));
        var rng = new Rng(2, "bench");
        _tokens = [.. Enumerable.Range(0, LanguageCase.Prompt).Select(i => rng.Below(i, _model.VocabSize))];
    }

    public override void Run()
    {
        _sequence.Truncate(0);
        if (_case.Task == "prefill")
        {
            for (int at = 0; at < LanguageCase.Prompt; at += Piece)
                Step(_tokens.AsSpan(at, Piece));
            return;
        }
        long token = _tokens[0];
        for (int i = 0; i < LanguageCase.Answer; i++)
            token = Step([token]);
    }

    private long Step(ReadOnlySpan<long> tokens)
    {
        _sequence.Reserve(tokens.Length);
        _batch.Clear();
        _batch.Add(tokens, _sequence.View);
        long best = 0;
        using (_arena.Begin(Mode.Inference))
        {
            ReadOnlySpan<float> logits = _model.Call(_batch).AsSpan<float>();
            for (int i = 1; i < logits.Length; i++)
                best = logits[i] > logits[(int)best] ? i : best;
        }
        _sequence.Advance(tokens.Length);
        return best;
    }

    public override void Dispose() => _arena.Dispose();
}
