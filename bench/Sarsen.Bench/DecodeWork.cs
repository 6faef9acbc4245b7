using Sarsen.Models;
using Sarsen.Nn;
using Sarsen.Tensors;

namespace Sarsen.Bench;

/// <summary>One token of one sequence with a cache, at each position of the context in turn, weights held as a server holds them.</summary>
internal sealed class DecodeWork : Work
{
    private readonly LanguageModel _model;
    private readonly Arena _arena = new();
    private readonly KvSequence _sequence;
    private readonly TokenBatch _batch;
    private readonly long[] _tokens;

    public DecodeWork()
    {
        string folder = Directory.CreateTempSubdirectory("sarsen-bench-").FullName;
        try
        {
            string model = Path.Combine(folder, "model");
            ModelFolder.Write(model, Networks.Of("gpt").Build(), new ModelManifest { Name = "gpt", CreatedUnixMs = 0, Sarsen = "", Numerics = Numerics.Version });
            _model = ModelFolder.LoadLanguage(model);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
        var pool = new KvPool(_model.KvShape, KvType.F32, KvPool.BlocksFor(_model.ContextLength));
        (_sequence, _batch) = (new KvSequence(pool), new TokenBatch(pool));
        var rng = new Rng(2, "bench");
        _tokens = [.. Enumerable.Range(0, _model.ContextLength).Select(i => rng.Below(i, _model.VocabSize))];
    }

    public override int Cycle => _model.ContextLength;

    public override void Run()
    {
        if (_sequence.Length == _model.ContextLength)
            _sequence.Truncate(0);
        _sequence.Reserve(1);
        _batch.Clear();
        _batch.Add(_tokens.AsSpan(_sequence.Length, 1), _sequence.View);
        using (_arena.Begin(Mode.Inference))
            _ = _model.Call(_batch);
        _sequence.Advance(1);
    }

    public override void Dispose() => _arena.Dispose();
}
