using Sarsen.Models;
using Sarsen.Nn;
using Sarsen.Tensors;

namespace Sarsen.Bench;

/// <summary>A token of GPT behind those that are cached, through the whole context and then anew.</summary>
internal sealed class DecodeWork : Work
{
    public const string Case = "gpt-decode";

    private readonly LanguageModel _model;
    private readonly Arena _arena = new();
    private readonly KvPool _pool;
    private readonly KvSequence _sequence;
    private readonly GreedyDecoder _decoder;
    private readonly long[] _token = [0];

    public DecodeWork()
    {
        _model = Networks.Of("gpt").Build().Body.Modules().OfType<LanguageModel>().Single();
        _model.PackWeights();
        _pool = new KvPool(_model.KvShape, KvType.F32, KvPool.BlocksFor(_model.ContextLength));
        _sequence = new KvSequence(_pool);
        _decoder = new GreedyDecoder(_model, _arena, _sequence);
    }

    public override void Run()
    {
        if (_sequence.Length == _model.ContextLength)
            _sequence.Truncate(0);
        _decoder.Continue(_token, _token);
    }

    public override void Dispose()
    {
        _sequence.Dispose();
        _pool.Release();
        _arena.Dispose();
    }
}
